/** A whole answer, kept word for word. */
export interface KeptAnswer {
  readonly status: number;
  readonly body: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What a key is bound to: the caller, the key itself, and the request it was first used with. */
export interface KeyUse {
  /** `user:<id>` or, for a guest, what the guest holds: `cart:<id>`, `order:<id>`; `guest:` where that is only the key. */
  readonly scope: string;
  readonly key: string;
  /** Method and route, so that one key means one operation. */
  readonly operation: string;
  readonly body: unknown;
}
