import { Module } from '@nestjs/common';

/** The composition root: nothing but imports. The platform is added with what the process found out at boot (see app.ts). */
@Module({
  imports: [],
})
export class AppModule {}
