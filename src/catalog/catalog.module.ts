import { Module } from '@nestjs/common';
import { InventoryModule } from '../inventory/index.js';
import { AddVariantService } from './app/add-variant.service.js';
import { BrowseProductsService } from './app/browse-products.service.js';
import { CategoriesService } from './app/categories.service.js';
import { ChangeProductService } from './app/change-product.service.js';
import { ChangeVariantsService } from './app/change-variants.service.js';
import { CreateProductService } from './app/create-product.service.js';
import { VariantAdder } from './app/variant-adder.js';
import { CatalogFacade } from './catalog.facade.js';
import { CategoriesRepository } from './data/categories.repository.js';
import { ProductReadsRepository } from './data/product-reads.repository.js';
import { ProductsRepository } from './data/products.repository.js';
import { VariantsRepository } from './data/variants.repository.js';
import { CategoriesController } from './http/categories.controller.js';
import { ProductsController } from './http/products.controller.js';
import { VariantsController } from './http/variants.controller.js';

@Module({
  imports: [InventoryModule],
  controllers: [CategoriesController, ProductsController, VariantsController],
  providers: [
    AddVariantService,
    BrowseProductsService,
    CatalogFacade,
    CategoriesRepository,
    CategoriesService,
    ChangeProductService,
    ChangeVariantsService,
    CreateProductService,
    ProductReadsRepository,
    ProductsRepository,
    VariantAdder,
    VariantsRepository,
  ],
  exports: [CatalogFacade],
})
export class CatalogModule {}
