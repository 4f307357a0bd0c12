/** How long past the time-out an answer may still be on its way from the process to the database. */
const GRACE_MS = 2_000;

const MIN_PAUSE_MS = 2_000;
const MAX_PAUSE_MS = 5 * 60_000;

/** When the answer to a request that is about to be sent must be on record; after that the provider is asked what happened. */
export function answerDeadline(now: Date, timeoutMs: number): Date {
  return new Date(now.getTime() + timeoutMs + GRACE_MS);
}

/**
 * When to ask again after a question that got no clear answer. The pause is as long as the matter is old, so that it doubles from
 * one question to the next, but from two seconds to five minutes.
 */
export function nextQuestionAt(createdAt: Date, now: Date): Date {
  const age = now.getTime() - createdAt.getTime();
  return new Date(now.getTime() + Math.min(Math.max(age, MIN_PAUSE_MS), MAX_PAUSE_MS));
}
