import { isDeclineCode } from '../domain/decline-code.js';
import type {
  CaptureResult,
  ChargeLookUp,
  ChargeResult,
  ProviderRecord,
  RefundLookUp,
  RefundResult,
  VoidResult,
} from '../domain/payment-provider.js';

type Json = Readonly<Record<string, unknown>>;

/** Reads an answer of the server; null for one that makes no sense. */
export type Read<T> = (json: Json) => T | null;

type Reader = (json: Json) => object | null;

const reference = ({ reference: name }: Json) => (typeof name === 'string' ? { reference: name } : null);
const detail = ({ detail: text }: Json) => (typeof text === 'string' ? { detail: text } : null);
const nothing = () => ({});

const captured = ({ reference: name, fee }: Json) => {
  if (typeof name !== 'string' || (fee !== undefined && !isAmount(fee))) return null;
  return fee === undefined ? { reference: name } : { reference: name, fee: BigInt(fee) };
};

const declined = ({ declineCode }: Json) =>
  typeof declineCode === 'string' && isDeclineCode(declineCode) ? { declineCode } : null;

const requiresAction = ({ reference: name, nextAction }: Json) => {
  const { type, url } = (nextAction ?? {}) as Json;
  if (typeof name !== 'string' || type !== 'redirect' || typeof url !== 'string') return null;
  return { reference: name, nextAction: { type, url } };
};

const TROUBLE = { error: detail, unknown: detail };
const CHARGE = { captured, authorized: reference, declined, requires_action: requiresAction, ...TROUBLE };
const REFUND = { succeeded: reference, failed: detail, ...TROUBLE };

/** Reads what may be answered to each question, and nothing else. */
export const readResult: {
  readonly charge: Read<ChargeResult>;
  readonly lookUp: Read<ChargeLookUp>;
  readonly capture: Read<CaptureResult>;
  readonly void: Read<VoidResult>;
  readonly refund: Read<RefundResult>;
  readonly lookUpRefund: Read<RefundLookUp>;
} = {
  charge: reader(CHARGE),
  lookUp: reader({ ...CHARGE, voided: nothing, pending: nothing, not_found: nothing }),
  capture: reader({ captured, not_capturable: detail, ...TROUBLE }),
  void: reader({ voided: nothing, not_voidable: detail, ...TROUBLE }),
  refund: reader(REFUND),
  lookUpRefund: reader({ ...REFUND, pending: nothing, not_found: nothing }),
};

/** @throws Error for a record that makes no sense */
export function readRecord(json: Json): ProviderRecord {
  const { key, reference: name, status, amount, captured: taken, fee, refunds } = json;
  const { amount: minor, currency } = (amount ?? {}) as Json;
  if (typeof key !== 'string' || typeof name !== 'string' || typeof currency !== 'string') throw senseless();
  if (!isStatus(status) || !isAmount(minor) || !isAmount(taken) || !Array.isArray(refunds)) throw senseless();
  if (fee !== null && !isAmount(fee)) throw senseless();
  return {
    key,
    reference: name,
    status,
    amount: { amount: BigInt(minor), currency },
    captured: BigInt(taken),
    fee: fee === null ? null : BigInt(fee),
    refunds: refunds.map((refund) => readRefund(refund as Json)),
  };
}

function readRefund({ key, amount }: Json): ProviderRecord['refunds'][number] {
  if (typeof key !== 'string' || !isAmount(amount)) throw senseless();
  return { key, amount: BigInt(amount) };
}

const STATUSES = ['requires_action', 'authorized', 'captured', 'declined', 'voided', 'pending'] as const;

function isStatus(value: unknown): value is ProviderRecord['status'] {
  return STATUSES.some((status) => status === value);
}

function isAmount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function senseless(): Error {
  return new Error('the test provider has sent a record that makes no sense');
}

/** The readers' names are the outcomes, and each makes the rest of its outcome's members. */
function reader<T extends { readonly outcome: string }>(readers: Readonly<Record<T['outcome'], Reader>>): Read<T> {
  return (json) => {
    const outcome = json['outcome'];
    if (typeof outcome !== 'string' || !Object.hasOwn(readers, outcome)) return null;
    const members = readers[outcome as T['outcome']](json);
    return members && ({ outcome, ...members } as T);
  };
}
