import { simpleParser, type ParsedMail } from 'mailparser';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { SMTPServer, type SMTPServerOptions } from 'smtp-server';

interface ReceivedMail {
  /** What the envelope said, which alone decides who gets the mail. */
  readonly from: string;
  readonly to: readonly string[];
  readonly raw: Buffer;
  readonly parsed: ParsedMail;
}

/** A real mail server on a port of its own, which keeps what it is sent and can be stopped and started again there. */
export class MailServer {
  readonly received: ReceivedMail[] = [];
  private server: SMTPServer | undefined;
  private usedPort = 0;

  /** Without options: open to everybody, without encryption. */
  constructor(private readonly options: SMTPServerOptions = {}) {}

  get port(): number {
    return this.usedPort;
  }

  async start(): Promise<this> {
    const server = new SMTPServer({
      authOptional: true,
      disabledCommands: ['STARTTLS'],
      disableReverseLookup: true,
      // `close` waits this long for clients that keep their connection.
      closeTimeout: 50,
      onData: (stream, session, done) => {
        const { mailFrom, rcptTo } = session.envelope;
        const from = mailFrom === false ? '' : mailFrom.address;
        const to = rcptTo.map(({ address }) => address);
        buffer(stream)
          .then(async (raw) => this.received.push({ from, to, raw, parsed: await simpleParser(raw) }))
          .then(
            () => done(),
            (error: unknown) => done(error instanceof Error ? error : new Error(String(error))),
          );
      },
      ...this.options,
    });
    // Clients that vanish are part of these tests.
    server.on('error', () => undefined);
    await new Promise<void>((listening) => server.listen(this.usedPort, '127.0.0.1', listening));
    this.usedPort = (server.server.address() as AddressInfo).port;
    this.server = server;
    return this;
  }

  async stop(): Promise<void> {
    const { server } = this;
    this.server = undefined;
    if (server) await new Promise<void>((closed) => server.close(closed));
  }
}

/** An error that the server answers with this reply. */
export function reply(responseCode: number, text: string): Error {
  return Object.assign(new Error(text), { responseCode });
}
