import fc from 'fast-check';
import type { Model } from './model.js';
import { report, shorten } from './report.js';
import { absorb, beginRun, endRun, take, type Proof, type Run } from './run.js';
import type { Step, StepKind } from './step.js';
import type { Host, World } from './world.js';

/** How large a proof is, and where it begins. */
export interface Size {
  readonly runs: number;
  /** At most so many steps a run; half of that on average. */
  readonly commands: number;
  readonly seed: number;
  /** How long a failure is made smaller, in milliseconds. */
  readonly shrinkMs: number;
}

/** What was done in all runs together. */
export interface Proven {
  readonly runs: number;
  readonly steps: Readonly<Record<string, number>>;
}

/** A step as fast-check takes and prints it: by the requests that it made. */
class ShopCommand implements fc.AsyncCommand<Model, World> {
  private requests = '';

  constructor(
    private readonly kind: StepKind,
    private readonly step: Step,
  ) {}

  check(model: Readonly<Model>): boolean {
    return this.kind.applies(model, this.step);
  }

  async run(model: Model, world: World): Promise<void> {
    const from = world.transcript.length;
    try {
      await take(this.kind, this.step, { model, world });
    } finally {
      this.requests = world.transcript.slice(from).join('; ');
    }
  }

  toString(): string {
    return this.requests || JSON.stringify(this.step);
  }
}

/**
 * Does what customers, staff and the provider might do, in any order, and holds each answer against the model.
 * @throws Error with the shortest script found on which they do not agree, ready to be run again
 */
export async function prove(host: Host, proof: Proof, size: Size): Promise<Proven> {
  const counts: Record<string, number> = {};
  let runs = 0;
  let failing: readonly Step[] = [];
  let deadline = Infinity;
  const runOf = async (commands: Iterable<fc.AsyncCommand<Model, World>>): Promise<void> => {
    // Shrinking has had its time: what is left of it passes at once.
    if (Date.now() > deadline) return;
    let run: Run | undefined;
    try {
      await fc.asyncModelRun(async () => {
        run = await beginRun(host, proof.shop.settings);
        return { model: run.model, real: run.world };
      }, commands);
      if (run) await endRun(run);
      await proof.audit();
    } catch (error) {
      failing = run?.world.steps ?? [];
      await absorb(proof);
      deadline = Math.min(deadline, Date.now() + size.shrinkMs);
      throw error;
    } finally {
      runs += 1;
      for (const { do: name } of run?.world.steps ?? []) counts[name] = (counts[name] ?? 0) + 1;
    }
  };
  // Without the bias towards little: short runs are what shrinking is for.
  const commands = fc.noBias(fc.commands([commandOf(proof.kinds)], { maxCommands: size.commands, size: 'max' }));
  const found = await fc.check(fc.asyncProperty(commands, runOf), { numRuns: size.runs, seed: size.seed });
  if (!found.failed) return { runs, steps: counts };
  const shortest = await shorten(host, proof, failing, Date.now() + size.shrinkMs);
  throw await report(host, proof, shortest, { seed: size.seed, run: found.numRuns, cause: found.errorInstance });
}

function commandOf(kinds: readonly StepKind[]): fc.Arbitrary<ShopCommand> {
  const weighted = kinds.map((kind) => ({
    weight: kind.weight,
    arbitrary: kind.steps.map((step) => new ShopCommand(kind, step)),
  }));
  return fc.oneof(...weighted);
}
