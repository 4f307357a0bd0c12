import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  /** By names in small letters; of a repeated field the last. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/** Sends the very bytes, which no client library would send, and reads until the server closes. `undefined` without an answer. */
export async function sendRaw(base: string, text: string, waitMs = 5_000): Promise<RawAnswer | undefined> {
  const { hostname, port } = new URL(base);
  const answer = await new Promise<string>((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(text));
    let received = '';
    socket.setEncoding('utf8').on('data', (chunk: string) => (received += chunk));
    socket.once('close', () => resolve(received));
    socket.once('error', reject);
    socket.setTimeout(waitMs, () => socket.destroy());
  });
  return answer === '' ? undefined : parse(answer);
}

function parse(answer: string): RawAnswer {
  const end = answer.indexOf('\r\n\r\n');
  const [first = '', ...lines] = answer.slice(0, end).split('\r\n');
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  return { status: Number(first.split(' ')[1]), headers, body: answer.slice(end + 4) };
}
