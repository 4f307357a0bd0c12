import { Db, isLockTimeout, isStale, type Tx } from '../database/index.js';
import { BatchedCalls } from './batched-calls.js';

/**
 * How long a shared transaction waits for a lock, in milliseconds: those who are in it wait for one that is none of theirs, and those behind
 * them for all of it.
 */
const LOCK_MS = 300;

/** Why an input has to be worked at by itself. */
const ALONE = Symbol('alone');

/**
 * Work in transactions, in which what is asked for at the same moment is done together: under load the statements of one transaction for ten
 * orders cost little more than those for one. All of it is kept, or nothing: where it fails, each input is worked at by itself. So is one that
 * shares a name with an earlier one, since it has to find what became of that, and each of them where the transaction would
 * have to wait for somebody's lock, or went by what was no longer so.
 */
export class SharedTransactions<In, Out> {
  private readonly calls: BatchedCalls<In, Out | typeof ALONE>;

  /**
   * @param work answers some inputs, in their order; it may be run again, and has no effect but through the transaction
   * @param namesOf of what no two inputs of one transaction may have in common
   * @param alone the work for an input by itself, where that is other work
   */
  constructor(
    private readonly db: Db,
    private readonly work: (tx: Tx, inputs: readonly In[]) => Promise<readonly Out[]>,
    private readonly namesOf: (input: In) => readonly string[],
    private readonly alone: (tx: Tx, input: In) => Promise<Out> = async (tx, input) =>
      (await work(tx, [input]))[0] as Out,
  ) {
    this.calls = new BatchedCalls((inputs) => this.runTogether(inputs));
  }

  /** @throws what the work throws for the input by itself, or as `Db.transaction` and `BatchedCalls.call` do */
  async call(input: In): Promise<Out> {
    const output = await this.calls.call(input);
    return output === ALONE ? this.db.transaction((tx) => this.alone(tx, input)) : output;
  }

  private async runTogether(inputs: readonly In[]): Promise<(Out | typeof ALONE)[]> {
    const taken = new Set<string>();
    // Where each stands among those that are worked at together; -1 for one that comes after another.
    const places: number[] = [];
    const first: In[] = [];
    for (const input of inputs) {
      const names = this.namesOf(input);
      const free = names.every((name) => !taken.has(name));
      places.push(free ? first.push(input) - 1 : -1);
      if (free) for (const name of names) taken.add(name);
    }
    try {
      const outputs = await this.db.transaction((tx) => this.work(tx, first), { lockWaitMs: LOCK_MS });
      return places.map((place) => (place < 0 ? ALONE : (outputs[place] as Out)));
    } catch (error) {
      if (!isLockTimeout(error) && !isStale(error)) throw error;
      return inputs.map(() => ALONE);
    }
  }
}
