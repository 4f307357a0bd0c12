import { Module } from '@nestjs/common';
import { InventoryModule } from '../inventory/index.js';
import { AddVariantService } from './app/add-variant.service.js';
import { BrowseProductsService } from './app/browse-products.service.js';
import { BuildBatchService } from './app/build-batch.service.js';
import { CatalogCache } from './app/catalog-cache.js';
import { CategoriesService } from './app/categories.service.js';
import { ChangeProductService } from './app/change-product.service.js';
import { ChangeVariantsService } from './app/change-variants.service.js';
import { CreateProductService } from './app/create-product.service.js';
import { ExportProductsService } from './app/export-products.service.js';
import { ImportBatchesService } from './app/import-batches.service.js';
import { ImportCategoriesService } from './app/import-categories.service.js';
import { ImportHousekeeping } from './app/import-housekeeping.js';
import { ImportQueue } from './app/import-queue.js';
import { ImportTurnsService } from './app/import-turns.service.js';
import { ProductsWriter } from './app/products-writer.js';
import { ReadImportsService } from './app/read-imports.service.js';
import { RunImportService } from './app/run-import.service.js';
import { StageImportService } from './app/stage-import.service.js';
import { VariantAdder } from './app/variant-adder.js';
import { CategoriesRepository } from './data/categories.repository.js';
import { ImportCategoriesRepository } from './data/import-categories.repository.js';
import { ImportFilesRepository } from './data/import-files.repository.js';
import { ImportProductsRepository } from './data/import-products.repository.js';
import { ImportProgressRepository } from './data/import-progress.repository.js';
import { ImportWriteRepository } from './data/import-write.repository.js';
import { ProductReadsRepository } from './data/product-reads.repository.js';
import { ProductsRepository } from './data/products.repository.js';
import { VariantsRepository } from './data/variants.repository.js';
import { DemoCatalogRepository } from './demo/data/demo-catalog.repository.js';
import { DemoCatalogSeeder } from './demo/demo-catalog.seeder.js';
import { DemoPicturesController } from './demo/demo-pictures.controller.js';
import { DemoStart } from './demo/demo-start.js';
import { CategoriesController } from './http/categories.controller.js';
import { ExportsController } from './http/exports.controller.js';
import { ImportsController } from './http/imports.controller.js';
import { ProductsController } from './http/products.controller.js';
import { VariantsController } from './http/variants.controller.js';
import { ImportFacade } from './import.facade.js';

@Module({
  imports: [InventoryModule],
  controllers: [
    ExportsController,
    ImportsController,
    CategoriesController,
    DemoPicturesController,
    ProductsController,
    VariantsController,
  ],
  providers: [
    AddVariantService,
    BrowseProductsService,
    BuildBatchService,
    CatalogCache,
    CategoriesRepository,
    CategoriesService,
    ChangeProductService,
    ChangeVariantsService,
    CreateProductService,
    ExportProductsService,
    ImportBatchesService,
    ImportCategoriesRepository,
    ImportCategoriesService,
    ImportFacade,
    ImportFilesRepository,
    ImportHousekeeping,
    ImportProductsRepository,
    ImportProgressRepository,
    ImportQueue,
    ImportTurnsService,
    ImportWriteRepository,
    ProductsWriter,
    ReadImportsService,
    RunImportService,
    StageImportService,
    DemoCatalogRepository,
    DemoCatalogSeeder,
    DemoStart,
    ProductReadsRepository,
    ProductsRepository,
    VariantAdder,
    VariantsRepository,
  ],
  exports: [ImportFacade],
})
export class CatalogModule {}
