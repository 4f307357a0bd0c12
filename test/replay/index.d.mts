import type { IncomingHttpHeaders } from 'node:http';

/** A line of the sales file, every value as written; `line` counts from 1. */
export interface Row {
  line: number;
  invoice: string;
  sku: string;
  description: string;
  quantity: string;
  at: string;
  price: string;
  customer: string;
  country: string;
}

export type LeftKind =
  | 'unreadable'
  | 'correction'
  | 'unpriced'
  | 'negativePrice'
  | 'tooMany'
  | 'cancellationOdd'
  | 'cancellationUnknownCustomer'
  | 'cancellationNoSale'
  | 'cancellationOtherPrice'
  | 'cancellationSpent'
  | 'cancellationRest';

export interface SaleLine {
  kind: 'sale';
  sku: string;
  quantity: number;
  price: bigint;
  customer: string | null;
}

export interface CancellationLine {
  kind: 'cancellation';
  sku: string;
  quantity: number;
  price: bigint;
  customer: string;
}

/** `units` without a sign, `amount` with the sign that the line has in the file. */
export interface LeftLine {
  kind: 'left';
  why: LeftKind;
  units: number;
  amount: bigint;
}

export type ReadLine = SaleLine | CancellationLine | LeftLine;

export interface OrderLine {
  sku: string;
  quantity: number;
  price: bigint;
}

export interface Sale {
  type: 'sale';
  id: string;
  email: string;
  name: string;
  country: string;
  lines: OrderLine[];
  amount: bigint;
}

/** `sale` is the index of the sale among the operations. */
export interface Refund {
  type: 'refund';
  id: string;
  sale: number;
  lines: OrderLine[];
  amount: bigint;
}

/** `price` is the first that the file sells it at; `stock` what it begins with. */
export interface Product {
  sku: string;
  title: string;
  price: bigint;
  sold: number;
  restocked: number;
  stock: number;
}

/** `lines` counts whole lines of the file; the rest of a partly refunded line adds units and amount but no line. */
export interface LeftCount {
  lines: number;
  units: number;
  amount: bigint;
}

export interface Plan {
  file: {
    lines: number;
    invoices: number;
    cancellations: number;
    firstDay: string;
    lastDay: string;
    unknownCountries: number;
  };
  products: Map<string, Product>;
  operations: (Sale | Refund)[];
  sales: { orders: number; invoices: number; fileLines: number; lines: number; units: number; amount: bigint };
  refunds: { refunds: number; wholeLines: number; partLines: number; lines: number; units: number; amount: bigint };
  left: Map<LeftKind, LeftCount>;
  priceChanges: number;
}

/** `body` is the parsed JSON, or null. */
export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  body: unknown;
}

/** What the replay reads of the shop's answers. Amounts stay unknown until they are checked. */
export interface ProductAnswer {
  variants: { id: string; sku: string; price: unknown; available: number | null }[];
}
export interface StockAnswer {
  onHand: number;
  reserved: number;
  available: number;
}
export interface ItemAnswer {
  id: string;
  /** Not promised by the contract; where an order's line tells it, it is believed before anything else. */
  refundedQuantity?: number;
  sku: string;
  quantity: number;
  unitPrice: unknown;
  lineTotal: unknown;
}
export interface CartAnswer {
  id: string;
  items: ItemAnswer[];
  subtotal: unknown;
}
export interface OrderAnswer {
  id: string;
  number: string;
  status: string;
  paymentStatus: string;
  items: ItemAnswer[];
  subtotal: unknown;
}

export interface ReplayOptions {
  base: string;
  email: string;
  password: string;
  concurrency: number;
  timeoutMs: number;
}

export interface Result {
  orders: number;
  lines: number;
  amount: bigint;
  refunds: number;
  refundLines: number;
  refundAmount: bigint;
  stock: { variants: number; expected: number; found: number; wrong: number };
  reusedProducts: number;
  priceChanges: number;
  requests: number;
  repeated: number;
  seconds: { products: number; sales: number; check: number };
  problems: string[];
}

/** Where progress goes: `total` pieces of `label` begin, and each `tick` ends one. */
export interface Progress {
  begin(label: string, total: number): void;
  tick(): void;
  end(): void;
}

export declare const LEFT_OUT: Readonly<Record<LeftKind, string>>;
export declare function parseMinor(text: string): bigint | null;
export declare function formatMinor(amount: bigint): string;
export declare function readRows(path: string): AsyncGenerator<Row>;
export declare function untilDay(rows: AsyncIterable<Row>, limit: string | number): AsyncGenerator<Row>;
export declare function classify(row: Row): ReadLine;
export declare function spreadOverOrders(lines: OrderLine[]): OrderLine[][];
export declare function planSales(rows: AsyncIterable<Row> | Iterable<Row>): Promise<Plan>;
export declare function dependencies(operations: (Sale | Refund)[]): number[][];
export declare function runOrdered(
  needs: number[][],
  concurrency: number,
  run: (index: number) => Promise<unknown>,
): Promise<void>;
export declare function slugOf(sku: string): string;
export declare function replay(plan: Plan, options: ReplayOptions, progress: Progress): Promise<Result>;
export declare function isExact(plan: Plan, result: Result): boolean;
export declare function renderPlan(plan: Plan): string;
export declare function renderReport(plan: Plan, result: Result): string;
