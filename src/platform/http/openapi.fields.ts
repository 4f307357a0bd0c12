import type { OpenAPIObject } from '@nestjs/swagger';

const FIELDS = {
  RateLimit: {
    description: 'What is left of each limit that applies (`r`), and for how many seconds (`t`)',
    schema: { type: 'string', maxLength: 1000 },
    example: '"reads";r=1187;t=42',
  },
  'RateLimit-Policy': {
    description: 'The limits that apply: so many requests (`q`) in so many seconds (`w`)',
    schema: { type: 'string', maxLength: 1000 },
    example: '"reads";q=1200;w=60',
  },
  'Retry-After': {
    description: 'Seconds until it is worth another try',
    schema: { type: 'integer', minimum: 1, maximum: 86_400 },
    example: 2,
  },
} as const;

const EVERYWHERE = ['RateLimit', 'RateLimit-Policy'] as const;

/** Describes the fields that any answer may have (draft-ietf-httpapi-ratelimit-headers), and `Retry-After` where it comes. */
export function describeFields(document: OpenAPIObject): void {
  document.components ??= {};
  document.components.headers = { ...document.components.headers, ...FIELDS };
  for (const path of Object.values(document.paths))
    for (const operation of Object.values(path as Record<string, Operation | undefined>))
      for (const [status, response] of Object.entries(operation?.responses ?? {}))
        response.headers = { ...response.headers, ...refs(status) };
}

interface Operation {
  readonly responses?: Record<string, { headers?: Record<string, unknown> }>;
}

function refs(status: string): Record<string, { $ref: string }> {
  const names = status === '429' || status === '503' ? [...EVERYWHERE, 'Retry-After'] : EVERYWHERE;
  return Object.fromEntries(names.map((name) => [name, { $ref: `#/components/headers/${name}` }]));
}
