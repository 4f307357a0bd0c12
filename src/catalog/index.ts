export { CatalogModule } from './catalog.module.js';
export type { ImportWithErrors } from './data/import-files.repository.js';
export { ImportFacade } from './import.facade.js';
export type { VariantForSale } from './domain/variant-for-sale.js';
