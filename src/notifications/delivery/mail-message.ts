import type { SendMailOptions } from 'nodemailer';
import type { Sender } from '../domain/sender.js';
import type { OutgoingMail } from './mail-transport.js';

/**
 * The mail as nodemailer takes it. Message-ID (RFC 5322, section 3.6.4), date and the boundary of the parts come from the delivery:
 * the same mail is the same message, byte for byte, however often it is made.
 */
export function mailMessage(mail: OutgoingMail, sender: Sender): SendMailOptions {
  return {
    from: { name: sender.name, address: sender.address },
    to: { name: '', address: mail.recipient },
    envelope: { from: sender.address, to: { name: '', address: mail.recipient } },
    subject: mail.subject,
    text: mail.text,
    html: mail.html,
    messageId: `<${mail.id}@${sender.domain}>`,
    date: mail.createdAt,
    baseBoundary: mail.id,
    // RFC 3834: so that no absence notice answers it.
    headers: { 'Auto-Submitted': 'auto-generated' },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}
