import { buffer } from 'node:stream/consumers';
import { MailServer } from '../../support/mail-server.js';

interface CountedMail {
  readonly messageId: string;
  readonly subject: string;
}

/** A mail server that only notes which mails came: Message-ID and subject, in the order of their coming. */
export class MailCounter {
  readonly mails: CountedMail[] = [];
  private readonly server = new MailServer({
    onData: (stream, _session, done) => {
      buffer(stream).then(
        (raw) => {
          const head =
            raw
              .toString('latin1')
              .split('\r\n\r\n', 1)[0]
              ?.replaceAll(/\r\n[ \t]+/g, ' ') ?? '';
          this.mails.push({ messageId: fieldOf(head, 'Message-ID'), subject: fieldOf(head, 'Subject') });
          done();
        },
        (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
      );
    },
  });

  async start(): Promise<this> {
    await this.server.start();
    return this;
  }

  /** On the same port as before. */
  async startAgain(): Promise<void> {
    await this.server.start();
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  get url(): string {
    return `smtp://127.0.0.1:${this.server.port}`;
  }

  /** The confirmations by the number of their order: Message-IDs, with repetitions. */
  confirmations(): Map<string, string[]> {
    const found = new Map<string, string[]>();
    for (const { subject, messageId } of this.mails) {
      const number = /^Your order (\S+) at \S+$/.exec(subject)?.[1];
      if (number !== undefined) found.set(number, [...(found.get(number) ?? []), messageId]);
    }
    return found;
  }
}

function fieldOf(head: string, name: string): string {
  return new RegExp(`^${name}: (.*)$`, 'im').exec(head)?.[1]?.trim() ?? '';
}
