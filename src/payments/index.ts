export { PaymentsModule } from './payments.module.js';
export { PaymentsFacade, type OverdueAttempt, type OverdueRefund } from './payments.facade.js';
export { PAYMENTS_AUDIT } from './data/payments.audit.js';
export { LedgerFacade, type CaptureBooking, type RefundBooking } from './ledger/ledger.facade.js';
export {
  ReconciliationFacade,
  type PaymentsReconciliation,
  type ReconciliationPeriod,
} from './reconciliation.facade.js';
export { DIFFERENCE_KINDS, type Difference, type OpenMatter } from './domain/reconciliation.js';
export type { ProviderSums } from './domain/reconciliation-sums.js';
export type { CaptureParts } from './ledger/domain/entries.js';
export type { ChargeInput } from './app/charge.service.js';
export type { RefundInput, StartedRefund } from './app/refund.service.js';
export type { SettledAttempt, SettledRefund, ToldAnswer } from './app/settlement.service.js';
export type { NewPayment } from './app/start-payment.service.js';
export type { AnswerSource, CaptureAnswer, ChargeAnswer, RefundAnswer, VoidAnswer } from './domain/answers.js';
export { DECLINE_CODES, type DeclineCode } from './domain/decline-code.js';
export type { PaymentAttempt, Refund } from './domain/payment-attempt.js';
export type { NextAction } from './domain/payment-provider.js';
export { isOpen, isUndecided, type AttemptStatus, type RefundStatus } from './domain/payment-state.js';
export {
  PaymentAlreadyOpenError,
  PaymentDeclinedError,
  PaymentUnavailableError,
  RefundExceedsPaymentError,
  UnknownProviderError,
} from './domain/payments.errors.js';
export { ACTION_COMPLETED, PAYMENT_NEWS, type ActionCompleted, type PaymentNews } from './domain/payments.events.js';
export {
  startTestProviderServer,
  type TestProviderServer,
  type TestProviderServerOptions,
} from './providers/test-server/server.js';
