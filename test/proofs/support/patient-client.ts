import { Agent, request } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';

export interface PlainAnswer {
  readonly status: number;
  readonly text: string;
  readonly retryAfter: string | undefined;
}

export interface PlainCall {
  readonly method: string;
  readonly path: string;
  readonly body?: object | undefined;
  readonly headers?: Readonly<Record<string, string>>;
}

/** An answer that no client should ever get. */
export interface Fault {
  readonly call: string;
  readonly status: number;
  readonly text: string;
}

const NO_ANSWER_MS = 40_000;
/** Pauses between two tries: longer and longer, so that those who wait do not take the shop's time from those who are to be served. */
const FIRST_PAUSE_MS = 20;
const LONGEST_PAUSE_MS = 1_000;

/**
 * A careful client with connections that it keeps: when a process is gone, or says that it cannot now, it sends the same again, to
 * whichever process is there, until it has an answer that is final.
 */
export class PatientClient {
  readonly faults: Fault[] = [];
  /** How often there was no answer at all, and how often 503. */
  readonly met = { noAnswer: 0, unavailable: 0, inProgress: 0 };
  private readonly agent = new Agent({ keepAlive: true, maxSockets: 64 });

  /**
   * @param baseNow the address of a process that should be there
   * @param patienceMs how long it goes on without a final answer
   */
  constructor(
    private readonly baseNow: () => string | undefined,
    private readonly patienceMs = 75_000,
  ) {}

  /** @throws Error when there was no final answer for so long that nobody would wait on */
  async untilFinal(call: PlainCall, giveUpMs = this.patienceMs): Promise<PlainAnswer> {
    const deadline = Date.now() + giveUpMs;
    for (let pause = FIRST_PAUSE_MS; ; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
      const answer = await this.once(call);
      if (answer && isFinal(answer)) return answer;
      if (Date.now() > deadline)
        throw new Error(
          `${call.method} ${call.path} ${JSON.stringify(call.body)} ${JSON.stringify(call.headers)}: no final answer in ${giveUpMs} ms, the last was ${answer?.status} ${answer?.text}`,
        );
      await sleep(pause * (0.5 + Math.random() / 2));
    }
  }

  /** Undefined when there was no answer. */
  async once({ method, path, body, headers = {} }: PlainCall): Promise<PlainAnswer | undefined> {
    const base = this.baseNow();
    if (base === undefined) return undefined;
    try {
      const answer = await send(this.agent, new URL(path, base), method, body, headers);
      this.note(`${method} ${path}`, answer);
      return answer;
    } catch {
      this.met.noAnswer += 1;
      return undefined;
    }
  }

  close(): void {
    this.agent.destroy();
  }

  private note(call: string, { status, text, retryAfter }: PlainAnswer): void {
    if (status === 503) this.met.unavailable += 1;
    if (status === 409 && text.includes('idempotency.in_progress')) this.met.inProgress += 1;
    if (status > 503 || (status >= 500 && status < 503)) this.faults.push({ call, status, text: text.slice(0, 500) });
    if (status === 503 && retryAfter === undefined) this.faults.push({ call, status, text: `no Retry-After: ${text}` });
  }
}

function isFinal({ status, text }: PlainAnswer): boolean {
  return status < 500 && !(status === 409 && text.includes('idempotency.in_progress'));
}

function send(
  agent: Agent,
  url: URL,
  method: string,
  body: object | undefined,
  headers: Readonly<Record<string, string>>,
): Promise<PlainAnswer> {
  return new Promise((resolve, reject) => {
    const payload = body === undefined ? undefined : JSON.stringify(body);
    const type =
      payload === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(payload)) };
    const call = request(
      url,
      { agent, method, headers: { ...type, ...headers }, timeout: NO_ANSWER_MS },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('error', reject);
        response.on('end', () => {
          const { statusCode = 0, headers: answered } = response;
          resolve({ status: statusCode, text: Buffer.concat(parts).toString(), retryAfter: answered['retry-after'] });
        });
      },
    );
    call.on('timeout', () => call.destroy(new Error('no answer')));
    call.on('error', reject);
    call.end(payload);
  });
}
