import { createHash } from 'node:crypto';

/** SHA-256 of an operation and its body, the same whatever the order of the body's fields. */
export function fingerprint(operation: string, body: unknown): Buffer {
  return createHash('sha256').update(operation).update('\n').update(canonical(body)).digest();
}

function canonical(value: unknown): string {
  if (value === null || typeof value !== 'object') return JSON.stringify(value) ?? 'null';
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  return `{${Object.entries(value)
    .filter(([, child]) => child !== undefined)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, child]) => `${JSON.stringify(key)}:${canonical(child)}`)
    .join(',')}}`;
}
