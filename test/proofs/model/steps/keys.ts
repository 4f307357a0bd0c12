import fc from 'fast-check';
import { agree, agreeOnStatus } from '../compare.js';
import { at, wrap } from '../model.js';
import { defineStep, place } from '../step.js';
import { withKey } from '../world.js';

const retry = defineStep<{ request: number; altered: boolean }>({
  name: 'retry',
  weight: 4,
  parameters: { request: place(), altered: fc.boolean() },
  applies: (model) => model.kept > 0,
  run: async (_, world, { request, altered }) => {
    // Counted from the latest: a client that repeats has just been cut off.
    const kept = at(world.kept, world.kept.length - 1 - wrap(request, world.kept.length));
    const first = kept.request;
    if (!altered || Object.keys(first.altered).length === 0) {
      const answer = await world.send(withKey(first));
      agree('The status of the repeated request', answer.status, kept.status);
      agreeOnText(answer.text, kept.text);
      return;
    }
    const answer = await world.send(withKey({ ...first, body: first.altered }));
    agreeOnStatus(answer, 422, 'idempotency.key_reused');
  },
});

/** Word for word; of a problem all but its request's own id. */
function agreeOnText(text: string, kept: string): void {
  const plain = (json: string) => json.replace(/"requestId":"[^"]*"/, '"requestId":""');
  agree('The repeated answer', plain(text), plain(kept));
}

export const keySteps = [retry];
