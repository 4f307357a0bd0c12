import fc from 'fast-check';
import type { Model } from './model.js';
import type { World } from './world.js';

/** A step as it is written to a script and read from one. */
export interface Step {
  readonly do: string;
  readonly [parameter: string]: unknown;
}

/** A kind of step: what it is called, how often it is tried, what it takes, when it makes sense, and what it does. */
export interface StepKind {
  readonly name: string;
  readonly weight: number;
  readonly steps: fc.Arbitrary<Step>;
  applies(model: Model, step: Step): boolean;
  run(model: Model, world: World, step: Step): Promise<void>;
}

interface Definition<P> {
  readonly name: string;
  readonly weight: number;
  readonly parameters: { [K in keyof P]: fc.Arbitrary<P[K]> };
  readonly applies?: (model: Model, parameters: P) => boolean;
  /** Sends the request, holds the answer against the model, and changes the model. */
  readonly run: (model: Model, world: World, parameters: P) => Promise<void>;
}

export function defineStep<P extends object>({ name, weight, parameters, applies, run }: Definition<P>): StepKind {
  // A step holds just the parameters of its kind: it was made from them here, or written down and read again.
  const of = (step: Step) => step as unknown as P;
  return {
    name,
    weight,
    steps: fc.record(parameters).map((values) => ({ do: name, ...values })),
    applies: (model, step) => applies?.(model, of(step)) ?? true,
    run: (model, world, step) => run(model, world, of(step)),
  };
}

/** A place in a list whose length is known only when the step is taken. */
export const place = (): fc.Arbitrary<number> => fc.nat({ max: 11 });

/** More often with a key than without. */
export const withKey = (): fc.Arbitrary<boolean> => fc.constantFrom(true, true, false);

export const customer = (): fc.Arbitrary<number> => fc.nat({ max: 1 });
