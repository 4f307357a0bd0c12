/** A mail that is owed to one reader. */
export interface OutgoingMail {
  /** The delivery's id: it names the mail in every try, so that a repeat is recognisable as the same mail. */
  readonly id: string;
  readonly recipient: string;
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  readonly createdAt: Date;
}

/** Where mails go: a mail server, or a folder. */
export abstract class MailTransport {
  /**
   * Hands the mail over; may be called again with the same mail. Network or disk: never inside a transaction.
   * @throws MailFailure when the mail was not taken.
   */
  abstract deliver(mail: OutgoingMail): Promise<void>;
}

interface FailureDetails {
  /** Whether the same mail would be refused again, so that another try is of no use. */
  readonly permanent: boolean;
  /** Why, in codes that hold no customer's data: for logs. */
  readonly code: string;
  /** What the other side said, which may hold the reader's address: for the delivery's row, never for logs. */
  readonly detail: string;
}

/** A mail that was not taken. */
export class MailFailure extends Error {
  readonly permanent: boolean;
  readonly code: string;
  readonly detail: string;

  constructor({ permanent, code, detail }: FailureDetails) {
    super(`The mail was not taken (${code})`);
    this.name = 'MailFailure';
    this.permanent = permanent;
    this.code = code;
    this.detail = detail;
  }
}
