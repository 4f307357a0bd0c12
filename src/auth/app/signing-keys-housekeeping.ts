import { Injectable, type OnModuleInit } from '@nestjs/common';
import { Jobs } from '../../platform/jobs/index.js';
import { SigningKeysService } from './signing-keys.service.js';

/** Sweeps signing keys that were retired a day ago. */
@Injectable()
export class SigningKeysHousekeeping implements OnModuleInit {
  constructor(
    private readonly jobs: Jobs,
    private readonly keys: SigningKeysService,
  ) {}

  onModuleInit(): void {
    this.jobs.schedule('auth.sweep_signing_keys', '47 * * * *', async () => {
      await this.keys.sweep();
    });
  }
}
