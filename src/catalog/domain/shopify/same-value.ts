type Value =
  string | number | bigint | boolean | null | undefined | readonly Value[] | { readonly [key: string]: Value };

/** Whether two plain values say the same: lists in order, objects whatever the order of their members. */
export function sameValue(a: unknown, b: unknown): boolean {
  return same(a as Value, b as Value);
}

function same(a: Value, b: Value): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = Object.entries(a);
  if (left.length !== Object.keys(b).length) return false;
  return left.every(([key, value]) => Object.hasOwn(b, key) && same(value, (b as Record<string, Value>)[key]));
}
