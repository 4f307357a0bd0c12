import type { ReturnStatus } from './return-status.js';

/** Goods that a customer wants to send back, from the question to their arrival. */
export interface OrderReturn {
  readonly id: string;
  readonly orderId: string;
  readonly status: ReturnStatus;
  /** What the customer said. */
  readonly note: string | null;
  /** What staff answered. */
  readonly answer: string | null;
  /** The refund that its arrival brought, where one was asked for. */
  readonly refundId: string | null;
  readonly createdAt: Date;
  readonly decidedAt: Date | null;
  readonly receivedAt: Date | null;
  readonly lines: readonly OrderReturnLine[];
}

/** `quantity` units asked for; of those `received` came, and of those `restocked` went back on the shelf. */
export interface OrderReturnLine {
  readonly orderLineId: string;
  readonly quantity: number;
  readonly reason: string | null;
  readonly received: number;
  readonly restocked: number;
}
