import { Injectable } from '@nestjs/common';
import { Config } from '../config/index.js';

/** Every place at which a test can have the process die. */
export const FAIL_POINTS = [
  'place.reserved', // in transaction A, everything locked and decided; what is written goes with the commit
  'place.committed', // after transaction A, before the provider is asked
  'place.charged', // the provider has answered, nothing of it is on record
  'settle.written', // in transaction B, the same
  'settle.committed', // after transaction B, before the answer
  'capture.committed', // the intention to capture is on record
  'capture.answered',
  'cancel.written',
  'cancel.committed',
  'cancel.voided', // the provider has answered, nothing of it is on record
  'refund.written',
  'refund.committed',
  'refund.answered',
  'outbox.relayed', // the relay's jobs are written, not committed
  'mail.sent', // the mail server has the mail, the delivery does not say so yet
] as const;

export type FailPoint = (typeof FAIL_POINTS)[number];

/**
 * Kills the process at one named place, as a power cut would: no handler runs, nothing is flushed. Only where `FAIL_POINT` asks for it,
 * which production refuses.
 */
@Injectable()
export class FailPoints {
  private readonly name: string | undefined;
  private left: number;

  constructor({ failPoint }: Config) {
    const [name, nth = '1'] = failPoint?.split(':') ?? [];
    this.name = name;
    this.left = Number(nth);
  }

  /** Does nothing but count, until it is this place's turn. */
  pass(point: FailPoint): void {
    if (point !== this.name) return;
    this.left -= 1;
    if (this.left <= 0) process.kill(process.pid, 'SIGKILL');
  }
}
