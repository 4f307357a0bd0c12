import { Injectable, type OnApplicationShutdown } from '@nestjs/common';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { performance } from 'node:perf_hooks';
import { Config } from '../config/index.js';
import { ProcessLoad } from '../load/index.js';
import { Members, type Member } from './members.js';
import type { ProblemParts } from './problem.js';
import { sendProblem } from './send-problem.js';
import { routeStreams } from './streams.js';
import { Turns } from './turns.js';

const TICK_MS = 100;
/** What came while the event loop stood still is read in the rounds after it. */
const AFTER_LATE_MS = 400;
const SLOW_CHECK_MS = 2_000;
const RETRY_AFTER_SECONDS = 2;
/** Requests of one connection whose answers have not been taken: what a client that reads nothing can make the server hold. */
const MOST_PIPELINED = 32;

/** Liveness says that the process answers, and readiness and metrics tell why nothing else does. */
const ALWAYS_ANSWERED = new Set(['/health/live', '/health/ready', '/metrics']);

const READS = new Set(['GET', 'HEAD', 'OPTIONS']);

const WORK = Symbol('backroom.work');

interface Work extends Member {
  readonly response: ServerResponse;
  readonly streams: boolean;
  readonly writes: boolean;
  phase: 'arriving' | 'working' | 'sending' | 'over';
  /** When the answer began to be sent, by the clock that does not jump. */
  sendingSince: number;
}

type WithWork = FastifyRequest & { [WORK]?: Work };

/**
 * Refuses requests with 503 before there are so many that none is served in time: when too many are under way, or when the event loop comes
 * round too late; those that it lets in take turns (`Turns`). Requests count from when their body is there until their answer is made, so that
 * clients which send or read slowly take nobody's place; of those who do not take an answer the connection is cut.
 *
 * Its own few lines instead of @fastify/under-pressure, which knows no requests under way, and whose delay is a mean over
 * its samples, where one pause of seconds disappears.
 */
@Injectable()
export class LoadShedding implements OnApplicationShutdown {
  private inFlight = 0;
  private lastTick = performance.now();
  private lateUntil = 0;
  private readonly sending = new Members<Work>();
  private readonly pipelined = new WeakMap<Socket, number>();
  private readonly timers: NodeJS.Timeout[] = [];
  private writes = 0;
  private readonly turns = new Turns(() => this.writes > 0);

  constructor(
    private readonly config: Config,
    private readonly load: ProcessLoad,
  ) {}

  /** Adds the hooks. Those that refuse by size or limit come before. */
  attach(server: FastifyInstance): void {
    this.timers.push(
      setInterval(() => this.tick(), TICK_MS).unref(),
      setInterval(() => this.cutSlowReaders(), SLOW_CHECK_MS).unref(),
    );
    server.addHook('onRequest', (request, reply, done) => {
      const tooMany = this.arrive(request, reply.raw);
      if (tooMany || this.refuses(request)) sendProblem(request, reply, OVERLOADED, RETRY_AFTER_SECONDS);
      else if (isAlwaysAnswered(request)) done();
      else this.turns.take(done);
    });
    server.addHook('preValidation', (request, reply, done) => {
      // Many may have been let through while their bodies were on their way.
      if (this.refuses(request)) return sendProblem(request, reply, OVERLOADED, RETRY_AFTER_SECONDS);
      this.begin((request as WithWork)[WORK]);
      done();
    });
    server.addHook('onSend', (request, _reply, _payload, done) => {
      const work = (request as WithWork)[WORK];
      if (work) this.beginSending(work);
      done();
    });
  }

  /** Whether requests are refused at this moment. */
  get overloaded(): boolean {
    return (
      this.inFlight >= this.config.shedding.maxInFlight ||
      performance.now() < this.lateUntil ||
      this.delayMs() > this.config.shedding.maxEventLoopDelayMs
    );
  }

  onApplicationShutdown(): void {
    for (const timer of this.timers) clearInterval(timer);
  }

  private refuses(request: FastifyRequest): boolean {
    return this.overloaded && !isAlwaysAnswered(request);
  }

  /** Keeps account of the request from its head to the end of its answer; true where its connection has too many. */
  private arrive(request: FastifyRequest, response: ServerResponse): boolean {
    const work: Work = {
      response,
      streams: routeStreams(request),
      writes: !READS.has(request.method),
      phase: 'arriving',
      sendingSince: 0,
      place: -1,
    };
    if (work.writes) this.writes++;
    (request as WithWork)[WORK] = work;
    const { socket } = request.raw;
    const open = (this.pipelined.get(socket) ?? 0) + 1;
    this.pipelined.set(socket, open);
    response.once('close', () => {
      this.pipelined.set(socket, (this.pipelined.get(socket) ?? 1) - 1);
      this.end(work);
    });
    return open > MOST_PIPELINED;
  }

  private begin(work: Work | undefined): void {
    if (work?.phase !== 'arriving') return;
    work.phase = 'working';
    this.inFlight++;
    this.load.requestBegins();
  }

  private beginSending(work: Work): void {
    if (work.phase !== 'working' && work.phase !== 'arriving') return;
    if (work.phase === 'working') this.leave();
    work.phase = 'sending';
    if (work.streams) return;
    work.sendingSince = performance.now();
    this.sending.add(work);
  }

  private leave(): void {
    this.inFlight--;
    this.load.requestEnds();
  }

  private end(work: Work): void {
    if (work.phase === 'working') this.leave();
    if (work.writes) this.writes--;
    work.phase = 'over';
    this.sending.delete(work);
  }

  private tick(): void {
    const now = performance.now();
    if (this.delayMs() > this.config.shedding.maxEventLoopDelayMs) this.lateUntil = now + AFTER_LATE_MS;
    this.lastTick = now;
  }

  /** How late this round of the event loop is, or how long requests wait for their turn in one. */
  private delayMs(): number {
    return Math.max(performance.now() - this.lastTick - TICK_MS, this.turns.delayMs);
  }

  private cutSlowReaders(): void {
    const latest = performance.now() - this.config.requestTimeoutMs;
    for (const work of this.sending.all()) if (work.sendingSince < latest) work.response.destroy();
  }
}

function isAlwaysAnswered(request: FastifyRequest): boolean {
  return ALWAYS_ANSWERED.has(request.routeOptions.url ?? '');
}

const OVERLOADED: ProblemParts = {
  status: 503,
  code: 'server.overloaded',
  detail: 'The server has more to do than it can; try again in a moment.',
};
