/** Where class-transformer keeps what its decorators say: exported for other packages (as Nest's own read it), without types at this address. */
declare module 'class-transformer/cjs/storage.js' {
  export { defaultMetadataStorage } from 'class-transformer/types/storage.js';
}
