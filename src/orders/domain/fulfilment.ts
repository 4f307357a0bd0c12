/** How a parcel can be followed. */
export interface Tracking {
  readonly carrier: string | null;
  readonly trackingNumber: string | null;
  /** An address of http or https. */
  readonly trackingUrl: string | null;
}

/** A parcel: units of an order's lines that were sent together. */
export interface Fulfilment extends Tracking {
  readonly id: string;
  readonly orderId: string;
  /** 1, 2, ... within the order. */
  readonly position: number;
  readonly locationId: string;
  readonly actorId: string | null;
  readonly createdAt: Date;
  readonly lines: readonly { readonly orderLineId: string; readonly quantity: number }[];
}
