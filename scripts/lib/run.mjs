import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { ROOT } from './project.mjs';

const running = new Set();
let ending = false;

/**
 * Runs a Node program of this project. A signal to this process goes on to it, and ends this process when it has ended.
 *
 * @param {string[]} words the program's file and its arguments
 * @param {{ env?: Record<string, string>, show?: boolean }} options `show`: on this terminal; else its output is returned
 * @returns {Promise<{ code: number, output: string }>}
 */
export function runNode(words, { env = {}, show = false } = {}) {
  const stdio = show ? 'inherit' : ['ignore', 'pipe', 'pipe'];
  const child = spawn(process.execPath, words, { cwd: ROOT, env: { ...process.env, ...env }, stdio });
  if (running.size === 0) listen('on');
  running.add(child);
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream?.setEncoding('utf8').on('data', (text) => (output += text));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => {
      running.delete(child);
      if (running.size === 0) listen('off');
      if (ending) process.exit(code ?? 1);
      resolve({ code: code ?? 1, output: signal ? `${output}\nended by ${signal}` : output });
    });
  });
}

/** The npm that runs this script, else the one beside Node. */
export function npmCli() {
  return process.env.npm_execpath ?? createRequire(process.execPath).resolve('../lib/node_modules/npm/bin/npm-cli.js');
}

function listen(way) {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process[way](signal, passOn);
}

function passOn(signal) {
  ending = true;
  for (const child of running) child.kill(signal);
}
