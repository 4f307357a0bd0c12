import { checkAgainstDocument } from './openapi-check.js';

export interface Answer<T> {
  readonly status: number;
  readonly headers: Headers;
  readonly json: T;
  readonly text: string;
}

export interface CallOptions {
  readonly headers?: Record<string, string>;
  /** The status that the test needs to go on; another one fails with the whole answer in the message. */
  readonly expect?: number;
}

/** Speaks to the server over real HTTP, and holds every answer against the OpenAPI document. */
export class ApiClient {
  constructor(
    private readonly base: string,
    private readonly token?: string,
  ) {}

  as(accessToken: string): ApiClient {
    return new ApiClient(this.base, accessToken);
  }

  get<T = never>(path: string, options?: CallOptions): Promise<Answer<T>> {
    return this.call<T>('GET', path, undefined, options);
  }
  post<T = never>(path: string, body?: unknown, options?: CallOptions): Promise<Answer<T>> {
    return this.call<T>('POST', path, body, options);
  }
  patch<T = never>(path: string, body?: unknown, options?: CallOptions): Promise<Answer<T>> {
    return this.call<T>('PATCH', path, body, options);
  }
  delete<T = never>(path: string, options?: CallOptions): Promise<Answer<T>> {
    return this.call<T>('DELETE', path, undefined, options);
  }

  /** Strings go out as they are (give a content-type), anything else as JSON. */
  async call<T>(method: string, path: string, body?: unknown, options: CallOptions = {}): Promise<Answer<T>> {
    const headers = new Headers(options.headers);
    if (this.token && !headers.has('authorization')) headers.set('authorization', `Bearer ${this.token}`);
    if (body !== undefined && !headers.has('content-type')) headers.set('content-type', 'application/json');
    const response = await fetch(this.base + path, {
      method,
      headers,
      redirect: 'manual',
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
    const text = await response.text();
    const isJson = /[/+]json/.test(response.headers.get('content-type') ?? '');
    const json = (isJson && text ? JSON.parse(text) : undefined) as T;
    if (options.expect !== undefined && response.status !== options.expect)
      throw new Error(`${method} ${path}: expected ${options.expect}, got ${response.status}: ${text.slice(0, 2000)}`);
    if (isJson) checkAgainstDocument(method, path, response.status, json);
    return { status: response.status, headers: response.headers, json, text };
  }
}
