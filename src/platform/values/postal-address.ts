/** Where something is sent or billed, as a customer keeps it and an order freezes it. `country` is ISO 3166-1 alpha-2 in capitals. */
export interface PostalAddress {
  readonly name: string;
  readonly line1: string;
  readonly line2: string | null;
  readonly city: string;
  readonly region: string | null;
  readonly postalCode: string;
  readonly country: string;
  readonly phone: string | null;
}
