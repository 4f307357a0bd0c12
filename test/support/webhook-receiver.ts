import { createServer, type IncomingHttpHeaders, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

interface ReceivedWebhook {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly at: number;
}

type Answer = (response: ServerResponse, nth: number) => void;

/** A subscriber: a real HTTP server that keeps what it is sent, and answers as it is told to. */
export class WebhookReceiver {
  readonly received: ReceivedWebhook[] = [];
  /** What it answers; `nth` counts from 1. */
  answer: Answer = (response) => response.writeHead(204).end();
  private readonly server: Server;

  constructor() {
    this.server = createServer((request, response) => {
      void text(request)
        .then((body) => {
          const { method, url, headers } = request;
          this.answer(response, this.received.push({ method, url, headers, body, at: Date.now() }));
        })
        .catch(() => response.destroy());
    });
    // Clients that go away are part of these tests.
    this.server.on('clientError', (_, socket) => socket.destroy());
  }

  async start(): Promise<this> {
    await new Promise<void>((listening) => this.server.listen(0, '127.0.0.1', listening));
    return this;
  }

  get port(): number {
    return (this.server.address() as AddressInfo).port;
  }

  url(path = '/hooks'): string {
    return `http://127.0.0.1:${this.port}${path}`;
  }

  status(code: number, headers: Record<string, string> = {}): void {
    this.answer = (response) => response.writeHead(code, headers).end();
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((closed) => this.server.close(closed));
  }
}
