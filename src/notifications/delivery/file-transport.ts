import { randomBytes } from 'node:crypto';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { oneLine } from '../domain/plain-words.js';
import type { Sender } from '../domain/sender.js';
import { errorFields } from './error-fields.js';
import { mailMessage } from './mail-message.js';
import { MailFailure, MailTransport, type OutgoingMail } from './mail-transport.js';

/**
 * Keeps mails as `.eml` files, which mail programs open, in a folder for the owner alone. A file is named by its delivery and appears
 * whole or not at all; the same mail again replaces itself.
 */
export class FileTransport extends MailTransport {
  private composer: Awaited<ReturnType<typeof newComposer>> | undefined;

  constructor(
    private readonly folder: string,
    private readonly sender: Sender,
  ) {
    super();
  }

  async deliver(mail: OutgoingMail): Promise<void> {
    try {
      this.composer ??= await newComposer();
      const { message } = await this.composer.sendMail(mailMessage(mail, this.sender));
      if (!Buffer.isBuffer(message)) throw new TypeError('The mail was not made in one piece');
      const path = join(this.folder, `${mail.id}.eml`);
      await writeWhole(path, message).catch(async (error: unknown) => {
        // The first mail, or somebody has cleared the folder away.
        if (errorFields(error).code !== 'ENOENT') throw error;
        await mkdir(this.folder, { recursive: true, mode: 0o700 });
        await writeWhole(path, message);
      });
    } catch (error) {
      throw fileFailure(error);
    }
  }
}

/** Read when there is a mail to write: a start does not wait for it. */
async function newComposer() {
  const nodemailer = await import('nodemailer');
  return nodemailer.createTransport({ streamTransport: true, buffer: true, newline: 'windows' });
}

/** On the disk before it has its name, so that a crash at any moment leaves no half file under that name. */
async function writeWhole(path: string, content: Buffer): Promise<void> {
  const unfinished = `${path}.${randomBytes(6).toString('hex')}.part`;
  try {
    const file = await open(unfinished, 'wx', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** A full disk or a missing right is for the operator to put right: trying again helps then. */
function fileFailure(error: unknown): MailFailure {
  const { code, message } = errorFields(error);
  return new MailFailure({ permanent: false, code, detail: oneLine(message).slice(0, 500) });
}
