/** `npm run build`: the Prisma client, then the server with its OpenAPI annotations, to dist/ and, in few files, to dist/bundle/; nothing when they are up to date. */
import { buildWhereNeeded } from './lib/build.mjs';

await buildWhereNeeded();
