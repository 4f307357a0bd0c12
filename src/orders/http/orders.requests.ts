import type { FastifyReply } from 'fastify';
import { InvalidError } from '../../platform/errors/index.js';
import { decodeCursor, JsonText, readInstant } from '../../platform/http/index.js';
import type { KeptAnswer } from '../../platform/idempotency/index.js';
import { isUuid } from '../../platform/ids/index.js';
import type { OrderFilter } from '../data/orders.repository.js';
import { normaliseOrderNumber } from '../domain/order-number.js';
import type { RefundRequest } from '../domain/refund-plan.js';
import type { OrderResponse } from './order-response.dto.js';
import type { ListOrdersQuery } from './order.dto.js';
import type { RefundOrderRequest } from './refund.dto.js';

/** The query as a filter; undefined where it can match nothing. */
export function filterOf(query: ListOrdersQuery): OrderFilter | undefined {
  const number = query.number === undefined ? undefined : normaliseOrderNumber(query.number);
  if (number === null) return undefined;
  return {
    ...(query.status ? { status: query.status } : {}),
    ...(query.email ? { email: query.email } : {}),
    ...(number ? { number } : {}),
    ...(query.from ? { from: readInstant(query.from, 'from') } : {}),
    ...(query.to ? { to: readInstant(query.to, 'to') } : {}),
  };
}

/** @throws InvalidError `request.cursor_invalid` */
export function cursorOf(cursor: string | undefined): { placedAt: Date; id: string } | undefined {
  if (cursor === undefined) return undefined;
  const isTime = (value: unknown) =>
    typeof value === 'string' && /^\d{4}-\d{2}-\d{2}T[\d:.]+Z$/.test(value) && !Number.isNaN(Date.parse(value));
  const [placedAt, id] = decodeCursor(cursor, [isTime, (value) => typeof value === 'string' && isUuid(value)]);
  return { placedAt: new Date(String(placedAt)), id: String(id) };
}

/** @throws InvalidError unless just one of `items` and `amount` is given. */
export function refundRequestOf({ items, amount }: RefundOrderRequest): RefundRequest {
  if (items && !amount) return { items };
  if (amount && !items) return { amount: BigInt(amount.amount) };
  throw new InvalidError('request.invalid', 'Give either `items` or `amount`.', [
    { pointer: '/items', code: 'either_or', detail: 'give either items or amount' },
  ]);
}

/** A kept answer on its way out. */
export function orderAnswer(answer: KeptAnswer, reply: FastifyReply): JsonText {
  void reply.status(answer.status).headers({ ...answer.headers });
  return new JsonText(answer.body, (JSON.parse(answer.body) as OrderResponse).version);
}
