import type { FastifyInstance } from 'fastify';
import { inRequest, RequestTiming } from './request-timing.js';

/**
 * Tells with each answer how long it took, how much of that the database, and how many statements it was asked
 * (Server Timing, W3C), which browsers show among a request's times.
 */
export function tellTimings(server: FastifyInstance): void {
  const timings = new WeakMap<object, RequestTiming>();
  server.addHook('onRequest', (request, _reply, done) => {
    const timing = new RequestTiming();
    timings.set(request, timing);
    inRequest(timing, done);
  });
  // A body is read in the context of the connection, which serves many requests.
  server.addHook('preValidation', (request, _reply, done) => {
    const timing = timings.get(request);
    if (timing) inRequest(timing, done);
    else done();
  });
  server.addHook('onSend', (request, reply, _payload, done) => {
    const timing = timings.get(request);
    if (timing) void reply.header('server-timing', headerOf(timing));
    done();
  });
}

function headerOf({ totalMs, databaseMs, queries }: RequestTiming): string {
  const noun = queries === 1 ? 'query' : 'queries';
  return `total;dur=${totalMs.toFixed(1)}, db;dur=${databaseMs.toFixed(1)};desc="${queries} ${noun}"`;
}
