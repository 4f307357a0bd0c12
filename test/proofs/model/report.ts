import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { replay, type Proof } from './run.js';
import type { Step } from './step.js';
import type { Host } from './world.js';

/** A script in a file: the shop that it was found in, and its steps. */
export interface Script {
  readonly shop: string;
  readonly steps: readonly Step[];
}

/** @throws Error where the file is no script */
export function readScript(file: string): Script {
  const script = JSON.parse(readFileSync(file, 'utf8')) as Partial<Script>;
  if (typeof script.shop !== 'string' || !Array.isArray(script.steps))
    throw new Error(`${file} is no script of a proof`);
  return { shop: script.shop, steps: script.steps };
}

/** Leaves out one step after another, as long as shop and model still do not agree. */
export async function shorten(
  host: Host,
  proof: Proof,
  script: readonly Step[],
  until: number,
): Promise<readonly Step[]> {
  let shortest = script;
  for (let index = shortest.length - 1; index >= 0 && Date.now() < until; index--) {
    const shorter = shortest.filter((_, place) => place !== index);
    const { error, steps } = await replay(host, proof, shorter);
    // Steps that no longer made sense were not taken, and are left out as well.
    if (error !== undefined) {
      shortest = steps;
      index = Math.min(index, shortest.length);
    }
  }
  return shortest;
}

interface Finding {
  readonly seed: number;
  /** The how manieth run it was. */
  readonly run: number;
  readonly cause: unknown;
}

/** The failure in words, with a file that runs its script alone. */
export async function report(host: Host, proof: Proof, steps: readonly Step[], finding: Finding): Promise<Error> {
  const again = await replay(host, proof, steps);
  const file = join(mkdtempSync(join(tmpdir(), 'backroom-proof-')), 'script.json');
  const script: Script = { shop: proof.shop.name, steps };
  writeFileSync(file, `${JSON.stringify(script, null, 2)}\n`);
  const text = [
    `Shop and model do not agree after ${steps.length} steps (found in run ${finding.run} with PROOF_SEED=${finding.seed}, shop ${script.shop}):`,
    '',
    ...again.transcript.map((line, index) => `  ${index + 1}. ${line}`),
    '',
    again.error === undefined
      ? 'Run once more, the same steps pass: the failure depends on time.'
      : textOf(again.error),
    ...(again.error === undefined ? [textOf(finding.cause)] : []),
    '',
    `Its script alone: PROOF_SCRIPT=${file} npm run prove:model`,
    JSON.stringify(script),
  ].join('\n');
  return new Error(text);
}

export function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
