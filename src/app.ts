import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { AppModule } from './app.module.js';
import type { Boot } from './platform/boot.js';
import { LoadShedding } from './platform/http/load-shedding.js';
import { addHooks, createAdapter } from './platform/http/server.js';
import { RequestLimits } from './platform/limits/index.js';
import { LOGGER, NestLog } from './platform/observability/logger.js';
import { Metrics } from './platform/observability/metrics.js';
import { serveDocs } from './platform/openapi.js';
import { PlatformModule } from './platform/platform.module.js';

/** Builds the whole application, ready to listen; nothing runs before `listen` or `init`. */
export async function createApp(boot: Boot): Promise<NestFastifyApplication> {
  const root = { module: AppModule, imports: [PlatformModule.for(boot)] };
  const app = await NestFactory.create<NestFastifyApplication>(root, createAdapter(boot.config, boot.logger), {
    logger: new NestLog(boot.logger),
    abortOnError: false,
    // Signatures are made over a body as it came. It is read in one piece anyway; this keeps it beside what was read from it.
    rawBody: true,
    bodyParser: false,
  });
  const server = app.getHttpAdapter().getInstance();
  // JSON and nothing that a form on another site can send: browsers ask before they send this (RFC 6454, Fetch: CORS preflight).
  app.useBodyParser('application/json');
  server.removeContentTypeParser('text/plain');
  addHooks(server, boot.config, app.get<typeof boot.logger>(LOGGER), app.get(Metrics));
  app.get(LoadShedding).attach(server);
  app.get(RequestLimits, { strict: false }).attach(server);
  serveDocs(app);
  return app;
}
