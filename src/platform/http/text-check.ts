const MAX_DEPTH = 32;
/** Values of a body, with those that hold others: the longest cart and the largest product have less. */
const MAX_VALUES = 50_000;

export interface BadText {
  readonly pointer: string;
  readonly code: string;
  readonly detail: string;
}

/**
 * The first string, key or depth in `value` that must not go further, or undefined. PostgreSQL refuses NUL in text
 * and lone surrogates in JSON with an error; deep nesting would exhaust the stack of what walks it later. Walks with
 * its own stack for that reason. A key that every object inherits (`constructor`, `toString`) is no field of anything: what looks
 * fields up in a table would find it there, and take it for a known one.
 */
export function findBadText(value: unknown): BadText | undefined {
  const open: { at: unknown; pointer: string; depth: number }[] = [{ at: value, pointer: '', depth: 0 }];
  let values = 0;
  for (let item = open.pop(); item; item = open.pop()) {
    const { at, pointer, depth } = item;
    if (typeof at === 'string') {
      if (!isStorable(at)) return { pointer, code: 'text_invalid', detail: 'must be well-formed Unicode without NUL' };
    } else if (at !== null && typeof at === 'object') {
      if (depth >= MAX_DEPTH)
        return { pointer, code: 'too_deep', detail: `must not nest deeper than ${MAX_DEPTH} levels` };
      const children = Object.entries(at);
      values += children.length;
      if (values > MAX_VALUES)
        return { pointer: '', code: 'too_many_values', detail: `must not hold more than ${MAX_VALUES} values` };
      for (const [key, child] of children) {
        if (!isStorable(key))
          return { pointer, code: 'text_invalid', detail: 'has a key that is not well-formed Unicode' };
        if (!Array.isArray(at) && (key === 'prototype' || key in Object.prototype))
          return { pointer: `${pointer}/${key}`, code: 'unknown_field', detail: 'is not a field of this request' };
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
