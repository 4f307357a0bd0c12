import { Module, type OnModuleInit } from '@nestjs/common';
import { join } from 'node:path';
import { Config, ConfigError } from '../platform/config/index.js';
import { StartNotes } from '../platform/start-notes.js';
import { AccountMails } from './app/account-mails.service.js';
import { OrderMails } from './app/order-mails.service.js';
import { OweMail } from './app/owe-mail.service.js';
import { ReplayMail } from './app/replay-mail.service.js';
import { SendMail } from './app/send-mail.service.js';
import { MailDeliveriesRepository } from './data/mail-deliveries.repository.js';
import { MailsPersonalData } from './app/mails-personal-data.js';
import { MailsPersonalDataRepository } from './data/mails-personal-data.repository.js';
import { MailReadsRepository } from './data/mail-reads.repository.js';
import { FileTransport } from './delivery/file-transport.js';
import { MailTransport } from './delivery/mail-transport.js';
import { SmtpTransport } from './delivery/smtp-transport.js';
import { parseSender, type Sender } from './domain/sender.js';
import { MailsController } from './http/mails.controller.js';

/** E-mail to customers and staff, driven by the outbox. Needs the platform alone. */
@Module({
  controllers: [MailsController],
  providers: [
    { provide: MailTransport, useFactory: transportOf, inject: [Config] },
    MailDeliveriesRepository,
    MailReadsRepository,
    MailsPersonalData,
    MailsPersonalDataRepository,
    SendMail,
    ReplayMail,
    AccountMails,
    OrderMails,
    OweMail,
  ],
})
export class NotificationsModule implements OnModuleInit {
  constructor(
    private readonly config: Config,
    private readonly notes: StartNotes,
  ) {}

  onModuleInit(): void {
    if (this.config.smtpUrl === undefined)
      this.notes.add(`Mails are kept as files in ${mailFolder(this.config)}; SMTP_URL sends them instead`);
  }
}

function transportOf(config: Config): MailTransport {
  const sender = senderOf(config);
  return config.smtpUrl === undefined
    ? new FileTransport(mailFolder(config), sender)
    : new SmtpTransport(config.smtpUrl, sender);
}

function mailFolder({ dataDir }: Config): string {
  return join(dataDir, 'mail');
}

/** @throws ConfigError when MAIL_FROM cannot be read: better no start than a shop whose mails all fail. */
function senderOf({ mailFrom, shopName }: Config): Sender {
  try {
    return parseSender(mailFrom, shopName);
  } catch (error) {
    throw new ConfigError([error instanceof Error ? error.message : String(error)]);
  }
}
