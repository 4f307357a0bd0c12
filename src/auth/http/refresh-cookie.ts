import type { FastifyReply } from 'fastify';

/** The prefix makes browsers refuse it from plain HTTP, from another path and from a neighbouring host (RFC 6265bis, 4.1.3.2). */
const NAME = '__Host-backroom-refresh';
/** No script reads it, and no other site's request carries it. */
const ATTRIBUTES = 'Path=/; HttpOnly; Secure; SameSite=Strict';

/** Leaves the token with the browser until the session ends. */
export function setRefreshCookie(reply: FastifyReply, token: string, endsAt: Date): void {
  const seconds = Math.max(0, Math.ceil((endsAt.getTime() - Date.now()) / 1000));
  void reply.header('set-cookie', `${NAME}=${token}; Max-Age=${seconds}; ${ATTRIBUTES}`);
}

/** Takes it from the browser. */
export function clearRefreshCookie(reply: FastifyReply): void {
  void reply.header('set-cookie', `${NAME}=; Max-Age=0; ${ATTRIBUTES}`);
}

/** The token of a `Cookie` header (RFC 6265, 4.2); undefined when there is none, or more than one. */
export function readRefreshCookie(header: string | undefined): string | undefined {
  const values = (header ?? '')
    .split(';')
    .map((pair) => pair.trim())
    .filter((pair) => pair.startsWith(`${NAME}=`))
    .map((pair) => pair.slice(NAME.length + 1));
  const [value] = values;
  return values.length === 1 && value !== undefined && /^[\w-]{1,200}$/.test(value) ? value : undefined;
}
