import type { Fulfilment } from '../domain/fulfilment.js';
import type { OrderReturn } from '../domain/order-return.js';
import type { TimelineEntry } from '../domain/timeline.js';
import type { FulfilmentResponse } from './fulfilment.dto.js';
import type { ReturnResponse } from './return.dto.js';
import type { TimelineEntryResponse } from './timeline.dto.js';

export function toFulfilmentResponse(parcel: Fulfilment): FulfilmentResponse {
  return {
    id: parcel.id,
    position: parcel.position,
    locationId: parcel.locationId,
    carrier: parcel.carrier,
    trackingNumber: parcel.trackingNumber,
    trackingUrl: parcel.trackingUrl,
    items: parcel.lines.map(({ orderLineId, quantity }) => ({ itemId: orderLineId, quantity })),
    createdAt: parcel.createdAt.toISOString(),
  };
}

export function toReturnResponse(back: OrderReturn): ReturnResponse {
  return {
    id: back.id,
    status: back.status,
    note: back.note,
    answer: back.answer,
    refundId: back.refundId,
    items: back.lines.map(({ orderLineId, quantity, reason, received, restocked }) => ({
      itemId: orderLineId,
      quantity,
      reason,
      received,
      restocked,
    })),
    createdAt: back.createdAt.toISOString(),
    decidedAt: back.decidedAt?.toISOString() ?? null,
    receivedAt: back.receivedAt?.toISOString() ?? null,
  };
}

export function toTimelineEntryResponse(entry: TimelineEntry): TimelineEntryResponse {
  return {
    id: entry.id,
    type: entry.type,
    actor: entry.actor,
    actorId: entry.actorId,
    data: entry.data,
    public: entry.public,
    createdAt: entry.createdAt.toISOString(),
  };
}
