/**
 * One call, whose JSON is read.
 * @param {{ body?: unknown, token?: string, timeoutMs?: number }} options
 */
export async function call(base, method, path, { body, token, timeoutMs = 30_000 } = {}) {
  const headers = {
    ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
  };
  const response = await fetch(base + path, {
    method,
    headers,
    signal: globalThis.AbortSignal.timeout(timeoutMs),
    redirect: 'manual',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  const isJson = /json/.test(response.headers.get('content-type') ?? '');
  return { status: response.status, json: isJson && text ? JSON.parse(text) : undefined };
}
