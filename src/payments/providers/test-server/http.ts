import type { IncomingMessage, ServerResponse } from 'node:http';

const LARGEST_BODY = 64 * 1024;

/** What a route answers; `silence` is for requests that get no answer at all. */
export type Answer =
  | { readonly status: number; readonly json: unknown }
  | { readonly status: number; readonly html: string; readonly headers?: Readonly<Record<string, string>> }
  | { readonly lines: AsyncIterable<unknown> }
  | 'silence';

/** The body as JSON; null when it is none, or too large to be one of ours. */
export async function readJson(request: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of request as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= LARGEST_BODY) chunks.push(chunk);
  }
  if (size > LARGEST_BODY) return null;
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return null;
  }
}

export async function send(response: ServerResponse, answer: Answer): Promise<void> {
  if (answer === 'silence') return;
  if ('lines' in answer) return sendLines(response, answer.lines);
  const [type, body] =
    'html' in answer ? ['text/html; charset=utf-8', answer.html] : ['application/json', toText(answer.json)];
  const headers = 'html' in answer ? answer.headers : {};
  response.writeHead(answer.status, { ...headers, 'content-type': type, 'cache-control': 'no-store' });
  response.end(body);
}

/** JSON, a document a line. The last line counts the others: without it the answer is not whole. */
async function sendLines(response: ServerResponse, lines: AsyncIterable<unknown>): Promise<void> {
  response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
  let count = 0;
  for await (const line of lines) {
    count++;
    if (!response.write(`${toText(line)}\n`)) await drained(response);
    if (response.destroyed) return;
  }
  response.end(`${toText({ end: true, count })}\n`);
}

function drained(response: ServerResponse): Promise<void> {
  return new Promise((resolve) => {
    response.once('drain', resolve);
    response.once('close', resolve);
  });
}

/** Amounts are far below what a JSON number holds exactly. */
function toText(value: unknown): string {
  return JSON.stringify(value, (_, each: unknown) => (typeof each === 'bigint' ? Number(each) : each));
}
