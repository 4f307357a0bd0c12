interface Named {
  readonly eventId: string;
}

/**
 * Hands over the events of one job: all at once, and where that fails, one after the other. What failed then is tried again by the
 * queue, without the others.
 * @returns how each of `jobs` ended, in their order
 */
export async function handEach<Event extends { readonly id: string }>(
  jobs: readonly Named[],
  find: (jobs: readonly Named[]) => Promise<readonly Event[]>,
  handle: (events: readonly Event[]) => Promise<void>,
): Promise<Promise<void>[]> {
  const events = await find(jobs);
  const failures = new Map<string, unknown>();
  if (events.length > 0 && !(await succeeds(events, handle)))
    for (const event of events) await handle([event]).catch((error: unknown) => failures.set(event.id, error));
  return jobs.map(({ eventId }) => outcome(failures, eventId));
}

async function succeeds<Event>(events: readonly Event[], handle: (events: readonly Event[]) => Promise<void>) {
  try {
    await handle(events);
    return true;
  } catch {
    return false;
  }
}

function outcome(failures: ReadonlyMap<string, unknown>, id: string): Promise<void> {
  const ended = (async () => {
    if (failures.has(id)) throw failures.get(id);
  })();
  // Whoever gets it sees it; until then it must not pass for one that nobody looks at, which would end the process.
  ended.catch(() => undefined);
  return ended;
}
