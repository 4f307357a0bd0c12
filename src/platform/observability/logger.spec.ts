import { describe, expect, it } from '@jest/globals';
import { transformFileSync } from '@swc/core';
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { createLogger, NestLog, redactUrl } from './logger.js';

function logged(write: (logger: ReturnType<typeof createLogger>) => void): string {
  let text = '';
  write(createLogger({ logLevel: 'trace', logPretty: false }, { write: (line: string) => void (text += line) }));
  return text;
}

const { code } = transformFileSync(join(import.meta.dirname, 'logger.ts'), {
  swcrc: false,
  module: { type: 'es6' },
  jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
});

/** What a process of its own has written until it ended, and how it ended. */
function writtenBy(work: string): { messages: (string | undefined)[]; status: number | null } {
  const program = `${code}\nconst logger = createLogger({ logLevel: 'info', logPretty: false });\n${work}`;
  const options = { encoding: 'utf8', cwd: import.meta.dirname } as const;
  const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '--eval', program], options);
  const lines = stdout.split('\n').filter((line) => line !== '');
  return { messages: lines.map((line) => (JSON.parse(line) as { msg?: string }).msg), status };
}

describe('a process', () => {
  it.each([
    ['has nothing more to do', '', 0],
    ['is told to exit', 'process.exit(3);', 3],
    ['fails', `throw new Error('a fault of ours');`, 1],
  ])('has written every line, in its order, when it %s', (_how, end, status) => {
    // More than is held back, and all of it in the turn that ends the process.
    const work = `setTimeout(() => { for (let n = 0; n < 500; n++) logger.info('line ' + n); ${end} }, 10);`;
    expect(writtenBy(work)).toEqual({ messages: Array.from({ length: 500 }, (_, n) => `line ${n}`), status });
  });
});

describe('the log', () => {
  it('holds no secrets, wherever they stand', () => {
    const secret = 'hunter2';
    const text = logged((logger) => {
      logger.info(
        {
          password: secret,
          body: { refreshToken: secret, deep: { accessToken: secret } },
          headers: { authorization: secret, 'order-token': secret, cookie: secret },
        },
        'request',
      );
    });
    expect(text).not.toContain(secret);
    expect(text).toContain('[redacted]');
  });

  it('tells of an error without what drivers hang on it', () => {
    const error = Object.assign(new Error('broken', { cause: new Error('below') }), {
      code: '23505',
      parameters: ['grace@example.com'],
      query: 'select',
    });
    const line = JSON.parse(logged((logger) => logger.error({ err: error }, 'failed'))) as {
      err: Record<string, unknown>;
    };
    expect(line.err).toMatchObject({ type: 'Error', message: 'broken', code: '23505', cause: { message: 'below' } });
    expect(JSON.stringify(line)).not.toContain('grace@example.com');
  });

  it('takes Nest in', () => {
    expect(logged((logger) => new NestLog(logger).error('It failed', 'stack', 'Context'))).toContain(
      '"context":"Context"',
    );
  });
});

describe('redactUrl', () => {
  it('takes tokens and addresses out of a query', () => {
    expect(redactUrl('/v1/orders/1?token=v1_abc&limit=2')).toBe('/v1/orders/1?token=[redacted]&limit=2');
    expect(redactUrl('/v1/orders?email=a@b.c&status=paid')).toBe('/v1/orders?email=[redacted]&status=paid');
    expect(redactUrl('/v1/products?q=mug&limit=5')).toBe('/v1/products?q=[redacted]&limit=5');
    expect(redactUrl('/v1/mails?recipient=a%40b.c')).toBe('/v1/mails?recipient=[redacted]');
    expect(redactUrl('/v1/users/a@b.c/data?a@b.c=1')).toBe('/v1/users/[redacted]/data?[redacted]=[redacted]');
    expect(redactUrl('/v1/users/a%40b.c')).toBe('/v1/users/[redacted]');
    expect(redactUrl('/v1/x?')).toBe('/v1/x?');
  });
});
