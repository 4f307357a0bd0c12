import { ApiClient, type Answer, type CallOptions } from '../../support/api-client.js';

interface Faulty {
  readonly call: string;
  readonly status: number;
  readonly text: string;
}

/** What no client should ever see. */
export class AnswerLog {
  answers = 0;
  private faults: Faulty[] = [];

  note(call: string, status: number, text: string): void {
    this.answers += 1;
    if (status >= 500) this.faults.push({ call, status, text: text.slice(0, 500) });
  }

  /** The answers from 500 up since the last time. */
  takeFaults(): readonly Faulty[] {
    const faults = this.faults;
    this.faults = [];
    return faults;
  }
}

/** A client whose answers are noted. */
export class RecordingClient extends ApiClient {
  constructor(
    private readonly address: string,
    private readonly log: AnswerLog,
    bearer?: string,
  ) {
    super(address, bearer);
  }

  override as(accessToken: string): RecordingClient {
    return new RecordingClient(this.address, this.log, accessToken);
  }

  override async call<T>(method: string, path: string, body?: unknown, options?: CallOptions): Promise<Answer<T>> {
    const answer = await super.call<T>(method, path, body, options);
    this.log.note(`${method} ${path}`, answer.status, answer.text);
    return answer;
  }
}
