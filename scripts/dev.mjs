/**
 * `npm run dev`: compiles on every change, and starts the server anew when the compiler has no complaint. A change of the Prisma
 * schema also writes the client anew. The server ends in order each time, so that its database does as well.
 */
import { spawn } from 'node:child_process';
import { watch } from 'node:fs';
import { join } from 'node:path';
import { clearInterval, setInterval } from 'node:timers';
import { forgetBuild, nestCli } from './lib/build.mjs';
import { ROOT } from './lib/project.mjs';
import { generate } from './prisma-generate.mjs';

/** After this a server that does not end is told again, which makes it hurry. */
const PATIENCE_MS = 5_000;

let server;
let turn = Promise.resolve();
let ending = false;

await generate();
forgetBuild();
const compiler = spawn(process.execPath, [nestCli(), 'build', '--watch', '--preserveWatchOutput'], {
  cwd: ROOT,
  stdio: ['ignore', 'pipe', 'inherit'],
});
compiler.stdout.setEncoding('utf8').on('data', onOutput);
compiler.once('exit', (code) => !ending && end(code ?? 1));
watchSchema();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => end(0));

function onOutput(text) {
  process.stdout.write(text);
  if (/Found 0 errors/.test(text)) inTurn(restart);
}

/** One thing at a time: changes come faster than servers start. */
function inTurn(step) {
  turn = turn.then(step).catch((error) => console.error(error.message));
}

async function restart() {
  if (ending) return;
  await stopServer();
  server = spawn(process.execPath, ['--enable-source-maps', 'dist/main.js'], { cwd: ROOT, stdio: 'inherit' });
  const me = server;
  me.once('exit', (code) => {
    if (server === me && !ending) console.log(`The server has ended with code ${code}; waiting for a change`);
  });
}

function stopServer() {
  const old = server;
  server = undefined;
  if (!old || old.exitCode !== null || old.signalCode !== null) return undefined;
  return new Promise((resolve) => {
    const again = setInterval(() => old.kill('SIGTERM'), PATIENCE_MS);
    old.once('exit', () => {
      clearInterval(again);
      resolve();
    });
    old.kill('SIGTERM');
  });
}

/** Editors replace files, which ends a watch on the file itself: the folder is watched. */
function watchSchema() {
  let timer;
  watch(join(ROOT, 'prisma'), (_event, name) => {
    if (name !== 'schema.prisma') return;
    clearTimeout(timer);
    timer = setTimeout(() => inTurn(generate), 200);
  });
}

function end(code) {
  if (ending) return;
  ending = true;
  compiler.kill('SIGTERM');
  inTurn(async () => {
    await stopServer();
    process.exit(code);
  });
}
