import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  AlsoOpens,
  CurrentActor,
  CurrentUser,
  Public,
  RequirePermission,
  type Actor,
  type SignedIn,
} from '../../platform/access/index.js';
import { Config } from '../../platform/config/index.js';
import {
  ApiIfMatch,
  ApiOperationOf,
  ApiProblems,
  IfMatch,
  JsonText,
  type ExpectedVersions,
} from '../../platform/http/index.js';
import { ApiIdempotencyKey, IdempotencyKey, useOfUsersKey } from '../../platform/idempotency/index.js';
import { BrowseProductsService } from '../app/browse-products.service.js';
import { CatalogCache } from '../app/catalog-cache.js';
import { ChangeProductService } from '../app/change-product.service.js';
import { CreateProductService } from '../app/create-product.service.js';
import { sendKept, sendPublicly } from './answers.js';
import { pageJson, toBrowseQuery, toNewProduct, toProductChange } from './catalog.mapper.js';
import { ListProductsQuery } from './list-products.dto.js';
import { ProductPageResponse, ProductResponse } from './product-response.dto.js';
import { CreateProductRequest, UpdateProductRequest } from './product.dto.js';

const ADDRESS = { name: 'idOrSlug', description: "The product's id or slug", example: 'enamel-mug' } as const;

@ApiTags('catalog')
@Controller('v1/products')
export class ProductsController {
  constructor(
    private readonly browse: BrowseProductsService,
    private readonly cache: CatalogCache,
    private readonly creation: CreateProductService,
    private readonly changes: ChangeProductService,
    private readonly config: Config,
  ) {}

  @Get()
  @Public()
  @AlsoOpens({ 'catalog:write': 'drafts and archived products, and the filter by status' })
  @ApiOperationOf(
    'listProducts',
    'Browse and search products',
    'Filters combine. The public sees active products only.',
  )
  @ApiOkResponse({ type: ProductPageResponse, description: 'A page of products' })
  @ApiProblems(400, 403, 422)
  async list(
    @Query() query: ListProductsQuery,
    @CurrentActor() actor: Actor,
    @Req() { headers }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText> {
    const asked = toBrowseQuery(query);
    const load = async () => new JsonText(pageJson(await this.browse.list(asked, actor)));
    return sendPublicly(reply, actor, await this.cache.answer({ actor, headers }, 'list', asked, load));
  }

  @Get(':idOrSlug')
  @Public()
  @AlsoOpens({ 'catalog:write': 'drafts and archived products' })
  @ApiOperationOf('getProduct', 'A whole product', 'By id or slug, with its variants and what can be sold of each.')
  @ApiParam(ADDRESS)
  @ApiOkResponse({ type: ProductResponse, description: 'The product' })
  @ApiProblems(400, 404, 422)
  async get(
    @Param('idOrSlug') idOrSlug: string,
    @CurrentActor() actor: Actor,
    @Req() { headers }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText> {
    const load = async () => {
      const { json, version } = await this.browse.get(idOrSlug, actor);
      return new JsonText(json, version);
    };
    return sendPublicly(reply, actor, await this.cache.answer({ actor, headers }, 'product', idOrSlug, load));
  }

  @Post()
  @HttpCode(201)
  @RequirePermission('catalog:write')
  @ApiIdempotencyKey()
  @ApiOperationOf(
    'createProduct',
    'Add a product',
    'With its variants, pictures and stock. It is active unless it says otherwise.',
  )
  @ApiCreatedResponse({ type: ProductResponse, description: 'The product; `Location` is its address' })
  @ApiProblems(400, 409, 413, 415, 422)
  async create(
    @Body() body: CreateProductRequest,
    @CurrentUser() user: SignedIn,
    @IdempotencyKey() key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText> {
    const input = toNewProduct(body, this.config.currency);
    return sendKept(
      reply,
      await this.creation.create(input, user, useOfUsersKey(user, key, 'POST /v1/products', body)),
    );
  }

  @Patch(':idOrSlug')
  @RequirePermission('catalog:write')
  @ApiIfMatch()
  @ApiOperationOf(
    'updateProduct',
    'Change a product',
    'What is not given stays. Lists (categories, tags, options, images) are replaced.',
  )
  @ApiParam(ADDRESS)
  @ApiOkResponse({ type: ProductResponse, description: 'The whole product' })
  @ApiProblems(400, 404, 409, 413, 415, 422)
  async update(
    @Param('idOrSlug') idOrSlug: string,
    @Body() body: UpdateProductRequest,
    @CurrentUser() user: SignedIn,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<JsonText> {
    const { json, version } = await this.changes.change(user, idOrSlug, toProductChange(body), expected);
    return new JsonText(json, version);
  }

  @Delete(':idOrSlug')
  @HttpCode(204)
  @RequirePermission('catalog:write')
  @ApiIfMatch()
  @ApiOperationOf(
    'deleteProduct',
    'Delete a product',
    'Its slug and SKUs are free again. Orders keep their copy of what was bought.',
  )
  @ApiParam(ADDRESS)
  @ApiNoContentResponse({ description: 'It is gone' })
  @ApiProblems(400, 404, 422)
  async delete(
    @Param('idOrSlug') idOrSlug: string,
    @CurrentUser() user: SignedIn,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<void> {
    await this.changes.delete(user, idOrSlug, expected);
  }
}
