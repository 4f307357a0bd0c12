import { connect } from 'node:net';

const TIMEOUT_MS = 30_000;
const END_OF_HEAD = Buffer.from('\r\n\r\n');

/**
 * The part of HTTP/1.1 that a load driver needs: JSON over a fixed number of kept connections, one request at a time on each, answers with
 * a Content-Length. The driver shares its machine with what it measures, and general clients cost several times the CPU of this one.
 */
export class HttpClient {
  /** Bytes of all answers so far, heads included, and how many answers that were. */
  received = 0;
  answers = 0;
  #idle;
  #waiting = [];
  #connections;

  /** @param {string} base such as `http://127.0.0.1:3000` @param {number} connections */
  constructor(base, connections) {
    const { hostname, port, host } = new URL(base);
    this.#connections = Array.from({ length: connections }, () => new Connection({ host: hostname, port }, host));
    this.#idle = [...this.#connections];
  }

  /** Opens all connections, so that no measured request has to. */
  async open() {
    await Promise.all(this.#connections.map((connection) => connection.open()));
  }

  close() {
    for (const connection of this.#connections) connection.close();
  }

  /**
   * Waits for a free connection when there is none.
   * @param {string} method
   * @param {string} path
   * @param {{ body?: unknown, headers?: Record<string, string> }} [options]
   * @returns {Promise<{ status: number, head: string, text: string }>}
   */
  async ask(method, path, options = {}) {
    const connection = this.#idle.pop() ?? (await new Promise((resolve) => this.#waiting.push(resolve)));
    try {
      const answer = await connection.ask(method, path, options);
      this.received += answer.bytes;
      this.answers += 1;
      return answer;
    } finally {
      const next = this.#waiting.shift();
      if (next) next(connection);
      else this.#idle.push(connection);
    }
  }
}

class Connection {
  #address;
  #host;
  #socket;
  #buffer = Buffer.alloc(0);
  #resolve;
  #reject;

  constructor(address, host) {
    this.#address = address;
    this.#host = host;
  }

  open() {
    this.#buffer = Buffer.alloc(0);
    const socket = connect({ ...this.#address, noDelay: true });
    this.#socket = socket;
    socket.setTimeout(TIMEOUT_MS, () => socket.destroy(new Error('no answer in time')));
    socket.on('data', (chunk) => this.#take(chunk));
    socket.on('error', (error) => this.#fail(error));
    socket.on('close', () => this.#fail(new Error('the connection was closed')));
    return new Promise((resolve, reject) => socket.once('connect', resolve).once('error', reject));
  }

  close() {
    this.#socket?.destroy();
  }

  async ask(method, path, { body, headers }) {
    if (!this.#socket || this.#socket.destroyed) await this.open();
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#socket.write(this.#request(method, path, body, headers));
    });
  }

  #request(method, path, body, headers = {}) {
    let head = `${method} ${path} HTTP/1.1\r\nhost: ${this.#host}\r\n`;
    for (const [name, value] of Object.entries(headers)) head += `${name}: ${value}\r\n`;
    if (body === undefined) return `${head}\r\n`;
    const text = JSON.stringify(body);
    return `${head}content-type: application/json\r\ncontent-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`;
  }

  #take(chunk) {
    this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
    const end = this.#buffer.indexOf(END_OF_HEAD);
    if (end < 0) return;
    const head = this.#buffer.latin1Slice(0, end);
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (length === undefined) {
      this.#socket.destroy(new Error(`an answer without a length: ${head.slice(0, 200)}`));
      return;
    }
    const bytes = end + END_OF_HEAD.length + Number(length);
    if (this.#buffer.length < bytes) return;
    const text = this.#buffer.utf8Slice(end + END_OF_HEAD.length, bytes);
    this.#buffer = this.#buffer.subarray(bytes);
    const resolve = this.#resolve;
    this.#resolve = this.#reject = undefined;
    resolve?.({ status: Number(head.slice(9, 12)), head, text, bytes });
  }

  #fail(error) {
    const reject = this.#reject;
    this.#resolve = this.#reject = undefined;
    reject?.(error);
  }
}
