/** Named, but never shown: who may read the log may not thereby sign in as anybody. */
const SECRET = /password|secret|token|hash|authorization|cookie|private/i;
/** Of persons the log says that something was changed, not what: it stays when they ask to be forgotten. */
const PERSONAL = /^(email|name|recipient|phone|line[12]|city|region|postalCode|address|userAgent)$/;

/** What a field's value is replaced by. */
const HIDDEN = '[hidden]';

/** A description can be as long as a page: the log keeps its beginning. */
const LONGEST = 500;

export interface FieldChanges {
  readonly before: Readonly<Record<string, unknown>>;
  readonly after: Readonly<Record<string, unknown>>;
}

/**
 * The fields that differ, as they were and as they are; undefined where none does. Secrets and personal data are replaced.
 * @param shown fields that hold no personal data although they are called as if, such as the name of a role
 */
export function changedFields(
  before: Readonly<Record<string, unknown>>,
  after: Readonly<Record<string, unknown>>,
  shown: readonly string[] = [],
): FieldChanges | undefined {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => plain(before[name]) !== plain(after[name]),
  );
  if (names.length === 0) return undefined;
  return { before: pick(before, names, shown), after: pick(after, names, shown) };
}

/** One side alone, as for what is made or deleted. */
export function redactFields(
  fields: Readonly<Record<string, unknown>>,
  shown: readonly string[] = [],
): Record<string, unknown> {
  return pick(fields, Object.keys(fields), shown);
}

function pick(fields: Readonly<Record<string, unknown>>, names: readonly string[], shown: readonly string[]) {
  return Object.fromEntries(
    names.filter((name) => fields[name] !== undefined).map((name) => [name, redact(name, fields[name], shown)]),
  );
}

function redact(name: string, value: unknown, shown: readonly string[]): unknown {
  if (SECRET.test(name) || (PERSONAL.test(name) && !shown.includes(name))) return value === null ? null : HIDDEN;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value === 'string' && value.length > LONGEST) return beginning(value);
  if (value instanceof Date) return value.toISOString();
  if (Array.isArray(value)) return value.map((item: unknown) => redact('', item, shown));
  if (value === null || typeof value !== 'object') return value;
  return redactFields(value as Record<string, unknown>, shown);
}

/** Without half a character at its end, which PostgreSQL would refuse. */
function beginning(text: string): string {
  return `${text.slice(0, LONGEST).replace(/[\uD800-\uDBFF]$/, '')}… (${text.length} characters)`;
}

function plain(value: unknown): string | undefined {
  return JSON.stringify(value, (_, part: unknown) => (typeof part === 'bigint' ? String(part) : part));
}
