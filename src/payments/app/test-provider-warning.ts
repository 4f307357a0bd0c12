import { Inject, Injectable, type OnModuleInit } from '@nestjs/common';
import type { Logger } from 'pino';
import { Config } from '../../platform/config/index.js';
import { LOGGER } from '../../platform/observability/logger.js';
import { StartNotes } from '../../platform/start-notes.js';
import { TEST_PROVIDER } from '../providers/test-adapter.js';
import { ProviderRegistry } from './provider-registry.js';

/** Says at start, in production, that orders can be paid without money. */
@Injectable()
export class TestProviderWarning implements OnModuleInit {
  constructor(
    private readonly config: Config,
    private readonly providers: ProviderRegistry,
    private readonly notes: StartNotes,
    @Inject(LOGGER) private readonly logger: Logger,
  ) {}

  onModuleInit(): void {
    if (!this.config.production || !this.providers.isEnabled(TEST_PROVIDER)) return;
    this.notes.add('Warning: PAYMENT_PROVIDERS names `test`, so orders can be paid without any money.');
    this.logger.warn('the test payment provider is enabled in production: orders can be paid without any money');
  }
}
