import { Controller, Get, Header, Req } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { createHash, timingSafeEqual } from 'node:crypto';
import { Public } from '../access/index.js';
import { Config } from '../config/index.js';
import { Db } from '../database/index.js';
import { AppError } from '../errors/index.js';
import { LoadShedding } from '../http/load-shedding.js';
import { ApiProblems } from '../http/problem.decorators.js';
import { HealthResponse } from './health.dto.js';
import { Metrics } from './metrics.js';

@ApiTags('running')
@Controller()
export class HealthController {
  constructor(
    private readonly db: Db,
    private readonly metrics: Metrics,
    private readonly load: LoadShedding,
    private readonly config: Config,
  ) {}

  @Get('health/live')
  @Public({ ignoresBearer: true })
  @ApiOperation({
    operationId: 'checkLiveness',
    summary: 'Whether the process answers',
    description: 'Asks nothing else of the server.',
  })
  @ApiOkResponse({ type: HealthResponse, description: 'The process answers' })
  @ApiProblems(400)
  live(): HealthResponse {
    return { status: 'ok' };
  }

  @Get('health/ready')
  @Public({ ignoresBearer: true })
  @ApiOperation({
    operationId: 'checkReadiness',
    summary: 'Whether requests can be served',
    description: 'Asks the database, and whether the process has more to do than it can.',
  })
  @ApiOkResponse({ type: HealthResponse, description: 'The database answers' })
  @ApiProblems(400, 503)
  async ready(): Promise<HealthResponse> {
    if (this.load.overloaded)
      throw new AppError('unavailable', 'server.overloaded', 'The server has more to do than it can.', {
        retryAfterSeconds: 2,
      });
    try {
      await this.db.ping();
    } catch {
      throw new AppError('unavailable', 'database.unavailable', 'The database does not answer.', {
        retryAfterSeconds: 2,
      });
    }
    return { status: 'ok' };
  }

  @Get('metrics')
  @Public({ ignoresBearer: true })
  @Header('content-type', 'text/plain; version=0.0.4; charset=utf-8')
  @ApiOperation({
    operationId: 'getMetrics',
    summary: 'Metrics for Prometheus',
    description: 'In the text exposition format. Where METRICS_TOKEN is set, it is asked for as a bearer.',
  })
  @ApiProduces('text/plain')
  @ApiOkResponse({
    description: 'Metrics',
    content: { 'text/plain': { schema: { type: 'string' }, example: 'process_cpu_seconds_total 1.2\n' } },
  })
  @ApiProblems(400, 401)
  read(@Req() { headers }: FastifyRequest): Promise<string> {
    const { metricsToken } = this.config;
    if (metricsToken !== undefined && !isSame(headers.authorization ?? '', `Bearer ${metricsToken}`))
      throw new AppError(
        'unauthenticated',
        'metrics.token_required',
        'The metrics are shown to whoever has the token.',
      );
    return this.metrics.registry.metrics();
  }
}

/** Takes as long whatever differs, also the lengths. */
function isSame(given: string, expected: string): boolean {
  const hash = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(hash(given), hash(expected));
}
