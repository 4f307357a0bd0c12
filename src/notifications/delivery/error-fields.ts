/** What an error says of itself, whatever threw it. */
interface ErrorFields {
  readonly code: string;
  readonly message: string;
  /** Everything else that hangs on it. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Reads them without `instanceof`, which does not know errors of another realm. */
export function errorFields(error: unknown): ErrorFields {
  const fields: Record<string, unknown> = typeof error === 'object' && error !== null ? { ...error } : {};
  const { code } = fields;
  // `message` is not among an error's enumerable properties.
  const message = typeof error === 'object' && error !== null && 'message' in error ? error.message : error;
  return { code: typeof code === 'string' ? code : 'EUNKNOWN', message: String(message), fields };
}
