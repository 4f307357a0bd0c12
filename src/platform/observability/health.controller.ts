import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiOperation, ApiProduces, ApiTags } from '@nestjs/swagger';
import { Public } from '../access/index.js';
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
    description: 'In the text exposition format.',
  })
  @ApiProduces('text/plain')
  @ApiOkResponse({
    description: 'Metrics',
    content: { 'text/plain': { schema: { type: 'string' }, example: 'process_cpu_seconds_total 1.2\n' } },
  })
  @ApiProblems(400)
  read(): Promise<string> {
    return this.metrics.registry.metrics();
  }
}
