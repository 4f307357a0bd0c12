/** A base shorter than this is too little to say anything of what stands around it. */
const SHORTEST_BASE = 4;
/** So many digits and signs around a common password are the kind of addition that guessing programs try. */
const MOST_ADDED = 6;
const EDGES = /^[^\p{L}]+|[^\p{L}]+$/gu;

let common: Promise<ReadonlySet<string>> | undefined;

/**
 * Whether a password, in small letters, is one that is tried first: among the 49,000 that leaks show most often, or one of these with
 * a few digits and signs before or behind it (`monkey2026!`), or said twice. The list itself is read when it is first needed. Some 1,600 of
 * it are long enough to be chosen as they are; with what people put around the others they stand for millions.
 */
export async function isCommonPassword(lower: string): Promise<boolean> {
  common ??= load();
  const list = await common;
  return [lower, baseOf(lower), halfOf(lower)].some((text) => text !== undefined && list.has(text));
}

/** What is left between the digits and signs at both ends. */
function baseOf(lower: string): string | undefined {
  const base = lower.replaceAll(EDGES, '');
  return base.length >= SHORTEST_BASE && lower.length - base.length <= MOST_ADDED ? base : undefined;
}

function halfOf(lower: string): string | undefined {
  const half = lower.slice(0, lower.length / 2);
  return half + half === lower ? half : undefined;
}

async function load(): Promise<ReadonlySet<string>> {
  const { dictionary } = await import('@zxcvbn-ts/language-common');
  return new Set(dictionary['passwords-common'].filter((password) => password.length >= SHORTEST_BASE));
}
