/**
 * How the server answers. `ok`: at once. `slow`: does what it is asked for and answers late. `mute`: does it and hangs up without an
 * answer. `dead`: hangs up and does nothing. `refuse`: says 503, and that nothing happened.
 */
const MODES = ['ok', 'slow', 'mute', 'dead', 'refuse'] as const;

export type Mode = (typeof MODES)[number];

/** How it behaves, for tests of the shop. */
export interface Control {
  readonly mode: Mode;
  /** Waited before anything is done; in the mode `slow` after it was done. */
  readonly delayMs: number;
  /** Whether news is sent at all. */
  readonly webhooks: boolean;
  /** Where it goes; null: nowhere. */
  readonly webhookUrl: string | null;
  /** How many more times each piece of news is delivered. */
  readonly webhookDuplicates: number;
  /** Each delivery waits for a random time up to this, so that they come out of order. */
  readonly webhookShuffleMs: number;
}

/** As it is when nobody has asked for anything else. */
export function asUsual(webhookUrl: string | null): Control {
  return { mode: 'ok', delayMs: 0, webhooks: true, webhookUrl, webhookDuplicates: 0, webhookShuffleMs: 0 };
}

const LIMITS = { delayMs: 120_000, webhookDuplicates: 20, webhookShuffleMs: 120_000 } as const;

/** The behaviour with the given changes; null when one of them makes no sense. */
export function changeControl(control: Control, changes: unknown): Control | null {
  if (typeof changes !== 'object' || changes === null || Array.isArray(changes)) return null;
  const next: Record<string, unknown> = { ...control, ...changes };
  if (Object.keys(next).length > Object.keys(control).length) return null;
  const mode = MODES.find((name) => name === next['mode']);
  const { delayMs, webhooks, webhookUrl, webhookDuplicates, webhookShuffleMs } = next;
  if (!mode || typeof webhooks !== 'boolean') return null;
  if (!isUpTo(delayMs, LIMITS.delayMs) || !isUpTo(webhookDuplicates, LIMITS.webhookDuplicates)) return null;
  if (!isUpTo(webhookShuffleMs, LIMITS.webhookShuffleMs)) return null;
  if (!isUrl(webhookUrl)) return null;
  return { mode, delayMs, webhooks, webhookUrl, webhookDuplicates, webhookShuffleMs };
}

function isUrl(value: unknown): value is string | null {
  return value === null || (typeof value === 'string' && /^https?:\/\/\S+$/.test(value) && URL.canParse(value));
}

function isUpTo(value: unknown, limit: number): value is number {
  return typeof value === 'number' && Number.isInteger(value) && value >= 0 && value <= limit;
}
