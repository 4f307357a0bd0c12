/** For Prisma's own command line (`npx prisma migrate deploy`, `npx prisma studio`); the server and the scripts do without. */
import { defineConfig } from 'prisma/config';

export default defineConfig({
  schema: 'prisma/schema.prisma',
  migrations: { path: 'prisma/migrations' },
  // Generating the client needs no database.
  datasource: { url: process.env.DATABASE_URL ?? '' },
});
