/** What a mail says, before it is text or HTML: both are made from this one document, so that neither lacks what the other has. */
export interface MailDocument {
  readonly subject: string;
  readonly heading: string;
  readonly blocks: readonly Block[];
  /** The last line: who sends this. */
  readonly footer: string;
}

export type Block = Paragraph | Link | Facts | Address | Lines | Goods;

export interface Paragraph {
  readonly kind: 'paragraph';
  readonly text: string;
}

export interface Link {
  readonly kind: 'link';
  readonly label: string;
  /** An absolute address; http and https only. */
  readonly url: string;
}

/** Pairs of name and value, such as totals. */
export interface Facts {
  readonly kind: 'facts';
  readonly rows: readonly Fact[];
}

export interface Fact {
  readonly name: string;
  readonly value: string;
  /** The row that matters most. */
  readonly strong?: boolean;
}

export interface Address {
  readonly kind: 'address';
  readonly heading: string;
  readonly lines: readonly string[];
}

/** What was bought. All values are text for people already. */
export interface Lines {
  readonly kind: 'lines';
  readonly heading: string;
  readonly rows: readonly Line[];
}

export interface Line {
  readonly title: string;
  /** What tells this variant from the others, or null. */
  readonly detail: string | null;
  readonly quantity: number;
  readonly unitPrice: string;
  readonly total: string;
}

/** Units without their prices, such as those of a parcel. All values are text for people already. */
export interface Goods {
  readonly kind: 'goods';
  readonly heading: string;
  readonly rows: readonly GoodsRow[];
}

export interface GoodsRow {
  readonly title: string;
  /** What tells this variant from the others, or null. */
  readonly detail: string | null;
  readonly quantity: number;
}

/** A finished mail, but for its sender and reader. The subject is one line. */
export interface MailContent {
  readonly subject: string;
  readonly text: string;
  readonly html: string;
}

/** What the shop is called and where its storefront is, if there is one (no slash at the end). */
export interface ShopFace {
  readonly name: string;
  readonly storefrontUrl: string | undefined;
}
