import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import { createTransport } from 'nodemailer';
import { isThisMachine } from '../../platform/values/this-machine.js';
import type { Sender } from '../domain/sender.js';
import { mailMessage } from './mail-message.js';
import { MailTransport, type OutgoingMail } from './mail-transport.js';
import { smtpFailure } from './smtp-failure.js';

/** As many as jobs that run at once (see PlatformModule): more would stay idle. */
const MAX_CONNECTIONS = 4;
/** Looking up the name, connecting, TLS and the greeting together. */
const CONNECT_MS = 15_000;
/** How long the server may be silent in the middle of a conversation. */
const SILENCE_MS = 60_000;
/** How long one mail may take in all, for a server that trickles its replies. */
const DEADLINE_MS = 120_000;

/**
 * Sends through a mail server, over connections that are kept open. One elsewhere than on this machine must speak TLS: mails hold names,
 * addresses and links that open an account. Further settings of nodemailer may stand in the address and win over those here, such as
 * `?requireTLS=false` for a network that is itself trusted.
 */
@Injectable()
export class SmtpTransport extends MailTransport implements OnApplicationShutdown {
  private readonly transporter;

  constructor(
    smtpUrl: string,
    private readonly sender: Sender,
  ) {
    super();
    this.transporter = createTransport({
      url: smtpUrl,
      requireTLS: !isThisMachine(new URL(smtpUrl).hostname),
      pool: true,
      maxConnections: MAX_CONNECTIONS,
      connectionTimeout: CONNECT_MS,
      greetingTimeout: CONNECT_MS,
      dnsTimeout: CONNECT_MS,
      socketTimeout: SILENCE_MS,
      // Once more where the server closed an idle connection; for all else jobs try again, with pauses that grow and a count.
      maxRequeues: 1,
    });
  }

  async deliver(mail: OutgoingMail): Promise<void> {
    try {
      await this.transporter.sendMail({
        ...mailMessage(mail, this.sender),
        signal: AbortSignal.timeout(DEADLINE_MS),
      });
    } catch (error) {
      throw smtpFailure(error);
    }
  }

  onApplicationShutdown(): void {
    this.transporter.close();
  }
}
