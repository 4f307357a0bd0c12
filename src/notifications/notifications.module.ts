import { Module } from '@nestjs/common';
import { join } from 'node:path';
import { Config } from '../platform/config/index.js';
import { OrderMails } from './app/order-mails.service.js';
import { SendMail } from './app/send-mail.service.js';
import { MailDeliveriesRepository } from './data/mail-deliveries.repository.js';
import { FileTransport } from './delivery/file-transport.js';
import { MailTransport } from './delivery/mail-transport.js';
import { SmtpTransport } from './delivery/smtp-transport.js';
import { parseSender } from './domain/sender.js';

/** E-mail to customers, driven by the outbox. Needs the platform alone. */
@Module({
  providers: [
    {
      provide: MailTransport,
      useFactory: (config: Config) => {
        const sender = parseSender(config.mailFrom, config.shopName);
        return config.smtpUrl === undefined
          ? new FileTransport(join(config.dataDir, 'mail'), sender)
          : new SmtpTransport(config.smtpUrl, sender);
      },
      inject: [Config],
    },
    MailDeliveriesRepository,
    SendMail,
    OrderMails,
  ],
})
export class NotificationsModule {}
