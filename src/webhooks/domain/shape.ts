/**
 * What of an event's payload becomes public: only the names that stand here, each only as the kind that it says. An amount comes as
 * `{ amount, currency }`, as everywhere in the API; what the payload lacks, or has as another kind, is null.
 */
export interface Shape {
  readonly [name: string]: 'text' | 'count' | 'flag' | 'money' | readonly [Shape];
}

/** JSON as subscribers get it. */
export type PublicValue = string | number | boolean | null | PublicMoney | readonly PublicData[];

export interface PublicData {
  readonly [name: string]: PublicValue;
}

interface PublicMoney {
  readonly amount: number;
  readonly currency: string;
}

/** The public part of a payload. Money is in the `currency` that the payload names. */
export function shapeOf(shape: Shape, payload: unknown): PublicData {
  return read(shape, payload, asText(fieldsOf(payload).get('currency')));
}

function read(shape: Shape, from: unknown, currency: string | null): PublicData {
  const fields = fieldsOf(from);
  return Object.fromEntries(
    Object.entries(shape).map(([name, kind]): [string, PublicValue] => {
      const value = fields.get(name);
      if (typeof kind === 'string') return [name, readers[kind](value, currency)];
      const items: readonly unknown[] = Array.isArray(value) ? value : [];
      return [name, items.map((item) => read(kind[0], item, currency))];
    }),
  );
}

const readers = {
  text: (value: unknown) => asText(value),
  count: (value: unknown) => (Number.isSafeInteger(value) ? Number(value) : null),
  flag: (value: unknown) => (typeof value === 'boolean' ? value : null),
  money: (value: unknown, currency: string | null) =>
    Number.isSafeInteger(value) && currency !== null ? { amount: Number(value), currency } : null,
};

function asText(value: unknown): string | null {
  return typeof value === 'string' ? value : null;
}

function fieldsOf(value: unknown): ReadonlyMap<string, unknown> {
  return new Map<string, unknown>(typeof value === 'object' && value !== null ? Object.entries(value) : []);
}
