/**
 * Jobs of one lane share workers, and those of different lanes wait for nothing of each other: a mail server or a subscriber that answers
 * slowly, or never, delays its own kind only, and not the recovery of payments.
 */
export type Lane = 'main' | 'recovery' | 'mail' | 'webhooks';

/**
 * Where graphile-worker keeps a lane's jobs. A worker that looks for its next job reads over all that are not for it, so with one table for
 * all lanes a thousand mails that wait would slow down everything else.
 */
export const SCHEMA_OF: Readonly<Record<Lane, string>> = {
  main: 'graphile_worker',
  recovery: 'graphile_worker_recovery',
  mail: 'graphile_worker_mail',
  webhooks: 'graphile_worker_webhooks',
};

export const LANES = Object.keys(SCHEMA_OF) as Lane[];
