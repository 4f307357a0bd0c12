import { PatientClient, type PlainAnswer, type PlainCall } from '../support/patient-client.js';

/** A patient client that notes how long the slowest answer took. */
export class ClockedClient extends PatientClient {
  /** In milliseconds, since the last time that it was asked for. */
  private longest = 0;

  override async once(call: PlainCall): Promise<PlainAnswer | undefined> {
    const started = Date.now();
    try {
      return await super.once(call);
    } finally {
      this.longest = Math.max(this.longest, Date.now() - started);
    }
  }

  takeLongestMs(): number {
    const { longest } = this;
    this.longest = 0;
    return longest;
  }
}
