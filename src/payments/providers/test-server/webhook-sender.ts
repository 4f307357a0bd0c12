import { randomInt } from 'node:crypto';
import { newId } from '../../../platform/ids/index.js';
import { signWebhook } from '../standard-webhook.js';
import type { Control } from './control.js';
import type { Change } from './journal-store.js';

/** Between a delivery that failed and the next try. */
const PAUSES_MS = [200, 1_000, 3_000, 8_000];
const TIMEOUT_MS = 5_000;

interface Message {
  readonly id: string;
  readonly body: string;
}

/** Sends news to the shop, signed by the Standard Webhooks specification; some of it late, twice or never, as a test wants it. */
export class WebhookSender {
  private readonly stopped = new AbortController();
  private readonly timers = new Set<NodeJS.Timeout>();

  constructor(
    private readonly secret: string,
    private readonly control: () => Control,
  ) {}

  send({ kind, key, status, at }: Change): void {
    const { webhooks, webhookUrl, webhookDuplicates, webhookShuffleMs } = this.control();
    if (!webhooks || webhookUrl === null) return;
    const id = `evt_${newId()}`;
    const type = `${kind}.${status}`;
    const body = JSON.stringify({ id, type, occurredAt: at.toISOString(), data: { kind, key } });
    for (let copy = 0; copy <= webhookDuplicates; copy++)
      this.later(webhookShuffleMs > 0 ? randomInt(webhookShuffleMs + 1) : 0, () => this.deliver({ id, body }, 0));
  }

  /** Nothing more is sent. */
  stop(): void {
    this.stopped.abort();
    for (const timer of this.timers) clearTimeout(timer);
  }

  private async deliver(message: Message, tries: number): Promise<void> {
    if (await this.post(message)) return;
    const pause = PAUSES_MS[tries];
    if (pause !== undefined) this.later(pause, () => this.deliver(message, tries + 1));
  }

  private async post({ id, body }: Message): Promise<boolean> {
    const { webhookUrl } = this.control();
    if (webhookUrl === null) return false;
    try {
      const response = await fetch(webhookUrl, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...signWebhook(this.secret, { id, timestamp: new Date() }, body),
        },
        body,
        redirect: 'error',
        signal: AbortSignal.any([this.stopped.signal, AbortSignal.timeout(TIMEOUT_MS)]),
      });
      await response.arrayBuffer();
      return response.ok;
    } catch {
      return false;
    }
  }

  private later(ms: number, work: () => Promise<void>): void {
    if (this.stopped.signal.aborted) return;
    const timer = setTimeout(() => {
      this.timers.delete(timer);
      void work();
    }, ms);
    this.timers.add(timer);
  }
}
