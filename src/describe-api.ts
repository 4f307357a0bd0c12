import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OpenAPIObject } from '@nestjs/swagger';
import { createApp } from './app.js';
import { loadConfig } from './platform/config/index.js';
import { createLogger } from './platform/observability/logger.js';
import { createDocument } from './platform/openapi.js';

/** The OpenAPI document of the application under its default settings. Touches no database: nothing is started. */
export async function describeApi(): Promise<OpenAPIObject> {
  const dataDir = mkdtempSync(join(tmpdir(), 'backroom-openapi-'));
  try {
    const config = loadConfig({ DATA_DIR: dataDir, LOG_LEVEL: 'silent', NODE_ENV: 'test' });
    const app = await createApp({
      config,
      databaseUrl: 'postgresql://nobody@127.0.0.1:1/none',
      logger: createLogger(config),
      embedded: false,
      work: false,
    });
    return createDocument(app);
  } finally {
    rmSync(dataDir, { recursive: true, force: true });
  }
}
