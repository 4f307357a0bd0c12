const MAX_DEPTH = 20;

export interface BadText {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

/**
 * The first string, key or depth in `value` that must not go further, or undefined. PostgreSQL refuses NUL in text
 * and lone surrogates in JSON with an error; deep nesting would exhaust the stack of what walks it later. Walks with
 * its own stack for that reason.
 */
export function findBadText(value: unknown): BadText | undefined {
  const open: { at: unknown; pointer: string; depth: number }[] = [{ at: value, pointer: '', depth: 0 }];
  for (let item = open.pop(); item; item = open.pop()) {
    const { at, pointer, depth } = item;
    if (typeof at === 'string') {
      if (!isStorable(at)) return { pointer, code: 'text_invalid', detail: 'must be well-formed Unicode without NUL' };
    } else if (at !== null && typeof at === 'object') {
      if (depth >= MAX_DEPTH)
        return { pointer, code: 'nesting_too_deep', detail: `must not nest deeper than ${MAX_DEPTH} levels` };
      for (const [key, child] of Object.entries(at)) {
        if (!isStorable(key))
          return { pointer, code: 'text_invalid', detail: 'has a key that is not well-formed Unicode' };
        open.push({
          at: child,
          pointer: `${pointer}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`,
          depth: depth + 1,
        });
      }
    }
  }
  return undefined;
}

function isStorable(text: string): boolean {
  return !text.includes('\u0000') && text.isWellFormed();
}
