/**
 * A thread that hashes and checks passwords, started by `PasswordThreads`. It gives way to the threads that answer requests: hashing takes
 * a core for tens of milliseconds, which those who sign in can wait for and those who browse should not notice.
 */
import { hashSync, verifySync, type Options } from '@node-rs/argon2';
import { readlinkSync } from 'node:fs';
import { setPriority } from 'node:os';
import { parentPort } from 'node:worker_threads';

export type PasswordTask =
  | { readonly kind: 'hash'; readonly password: string; readonly parameters: Options }
  | { readonly kind: 'verify'; readonly password: string; readonly hash: string };

export type PasswordAnswer = { readonly value: string | boolean } | { readonly error: string };

/** Of 19: it gets a tenth of a core where all are wanted, and all that is left over. */
const NICE = 10;

giveWay();
parentPort?.on('message', (task: PasswordTask) => parentPort?.postMessage(answer(task)));

function answer(task: PasswordTask): PasswordAnswer {
  try {
    return {
      value: task.kind === 'hash' ? hashSync(task.password, task.parameters) : verifySync(task.hash, task.password),
    };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

/** Linux alone knows a thread by a number and gives it a priority of its own (sched(7)); elsewhere it stays as it is. */
function giveWay(): void {
  try {
    setPriority(Number(readlinkSync('/proc/thread-self').split('/').pop()), NICE);
  } catch {
    // No /proc, or the priority is not ours to change.
  }
}
