import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { ROOT } from './server-process.js';

/** Whether the examples can be run here. */
export const canRunExamples = spawnSync('bash', ['-c', 'command -v curl && command -v awk']).status === 0;

/** The shell examples of a page, by the heading that they stand under; '' for those before the first. */
export function examplesOf(page: string): Map<string, string> {
  const found = new Map<string, string>();
  for (const section of readFileSync(join(ROOT, page), 'utf8')
    .split(/^## /m)
    .map((text, at) => (at ? text : `\n${text}`))) {
    const blocks = [...section.matchAll(/```sh\n([\s\S]*?)```/g)].map(([, block = '']) => block);
    if (blocks.length > 0) found.set(section.slice(0, section.indexOf('\n')), blocks.join('\n'));
  }
  return found;
}

export interface ExampleRun {
  readonly output: string;
  /** Of each request, in order: `POST /v1/auth/login 200`. */
  readonly answers: readonly string[];
}

interface Surroundings {
  /** Where the reader stands. */
  readonly cwd: string;
  /** Of the shop that they ask, in place of the page's. */
  readonly base: string;
  readonly env?: Record<string, string>;
  /** What `sleep` waits for instead of the time. */
  readonly sleep: (seconds: number) => Promise<void>;
}

/**
 * Runs examples in bash, as they stand but for the address of the shop.
 * @throws Error where a command fails or a variable is not set
 */
export async function runExamples(script: string, { cwd, base, env, sleep }: Surroundings): Promise<ExampleRun> {
  let overslept: Error | undefined;
  const clock = createServer((request, response) => {
    sleep(Number(request.url?.slice(1)))
      .catch((error: unknown) => (overslept ??= new Error('What an example waits for did not come', { cause: error })))
      .finally(() => response.end());
  });
  await new Promise<void>((done) => clock.listen(0, '127.0.0.1', done));
  const { port } = clock.address() as { port: number };
  const before = `set -eu
    curl() { command curl --max-time 20 -w '%{stderr}\\nANSWER %{method} %{url_effective} %{http_code}\\n' "$@"; }
    sleep() { command curl -s --max-time 60 "http://127.0.0.1:${port}/$1"; }\n`;
  try {
    const child = spawn('bash', ['-c', before + script.replaceAll('http://127.0.0.1:3000', base)], {
      cwd,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: process.env['PATH'] ?? '', ...env },
    });
    let [output, told] = ['', ''];
    child.stdout.setEncoding('utf8').on('data', (text: string) => (output += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (told += text));
    const [code] = (await once(child, 'close')) as [number | null];
    if (overslept) throw overslept;
    if (code !== 0) throw new Error(`The example ended with ${code}:\n${output}\n${told}`);
    const answers = [...told.matchAll(/^ANSWER (\S+) (\S+) (\d+)$/gm)];
    return {
      output,
      answers: answers.map(([, method = '', url = '', status = '']) => `${method} ${new URL(url).pathname} ${status}`),
    };
  } finally {
    clock.closeAllConnections();
    clock.close();
  }
}
