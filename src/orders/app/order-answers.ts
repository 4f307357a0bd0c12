import { Injectable } from '@nestjs/common';
import { PaymentDeclinedError, type PaymentAttempt } from '../../payments/index.js';
import { AppError, type ErrorKind } from '../../platform/errors/index.js';
import type { KeptAnswer } from '../../platform/idempotency/index.js';
import { toOrderResponse } from '../http/order.mapper.js';
import { OrderAccess } from './order-access.js';
import type { OrderView } from './order-view.js';

const PROBLEM = 'x-problem';

interface KeptProblem {
  readonly kind: ErrorKind;
  readonly code: string;
  readonly detail: string;
  readonly extra?: Readonly<Record<string, unknown>>;
}

/** Answers in the form in which they are kept under an idempotency key. */
@Injectable()
export class OrderAnswers {
  constructor(private readonly access: OrderAccess) {}

  /** 201 with the order, and with the token that opens it where it is a guest's. */
  placed(view: OrderView): KeptAnswer {
    const token = this.access.tokenFor(view.order);
    const body = { ...toOrderResponse(view), ...(token === null ? {} : { accessToken: token }) };
    return { status: 201, body: JSON.stringify(body), headers: { location: `/v1/orders/${view.order.id}` } };
  }

  changed(view: OrderView, status: number): KeptAnswer {
    return { status, body: JSON.stringify(toOrderResponse(view)), headers: {} };
  }

  declined(attempt: PaymentAttempt): KeptAnswer {
    return this.refused(new PaymentDeclinedError(attempt.declineCode ?? 'card_declined'), 402);
  }

  refused(error: AppError, status: number): KeptAnswer {
    const kept: KeptProblem = {
      kind: error.kind,
      code: error.code,
      detail: error.message,
      ...(error.extra ? { extra: error.extra } : {}),
    };
    return { status, body: JSON.stringify(kept), headers: { [PROBLEM]: 'true' } };
  }

  /** A kept refusal is thrown again, so that it goes the way of all problems; anything else is given back. */
  replay(answer: KeptAnswer): KeptAnswer {
    if (answer.headers[PROBLEM] === undefined) return answer;
    const { kind, code, detail, extra } = JSON.parse(answer.body) as KeptProblem;
    throw new AppError(kind, code, detail, extra ? { extra } : {});
  }
}
