import { resolve } from 'node:path';
import { env } from 'node:process';
import { parseArgs } from 'node:util';
import { startTestProviderServer } from './payments/index.js';

const USE = `Use: npm run test-provider -- --file FILE --secret SECRET [--port 4010] [--host 127.0.0.1] [--webhook URL]

The simulated payment provider as a server of its own. FILE is its record, made when it is missing; SECRET, of at least 16 characters, is
the shop's TEST_PROVIDER_SECRET; URL is where its news goes, such as http://127.0.0.1:3000/v1/payments/test/webhooks.`;

const SHORTEST_SECRET = 16;

/**
 * Runs the simulated payment provider until it is told to stop.
 * @returns the exit code: 1 when it cannot start
 */
export async function testProviderCommand(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (!options) {
    process.stderr.write(`${USE}\n`);
    return 1;
  }
  const stopped = new Promise<void>((stop) => {
    for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(name, () => stop());
  });
  try {
    const server = await startTestProviderServer(options);
    process.stdout.write(`The test provider listens on ${server.url}\n`);
    await stopped;
    await server.close();
    return 0;
  } catch (error) {
    process.stderr.write(`The test provider cannot run: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

/** Null when something is missing or makes no sense. */
function readOptions(args: readonly string[]) {
  try {
    const { values } = parseArgs({
      args: args.filter((arg) => arg !== '--'),
      options: {
        port: { type: 'string', default: '4010' },
        host: { type: 'string', default: '127.0.0.1' },
        file: { type: 'string' },
        secret: { type: 'string' },
        webhook: { type: 'string' },
      },
    });
    const { host, file, secret, webhook } = values;
    const port = Number(values.port);
    if (!/^\d{1,5}$/.test(values.port) || port > 65_535) return null;
    if (!file || !secret || secret.length < SHORTEST_SECRET) return null;
    if (webhook !== undefined && !/^https?:\/\/\S+$/.test(webhook)) return null;
    // npm changes into the project's folder; the person may have been in another one.
    return { port, host, file: resolve(env['INIT_CWD'] ?? '.', file), secret, webhook };
  } catch {
    return null;
  }
}
