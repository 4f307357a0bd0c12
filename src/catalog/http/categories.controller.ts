import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Req, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply, FastifyRequest } from 'fastify';
import {
  CurrentActor,
  CurrentUser,
  Public,
  RequirePermission,
  type Actor,
  type SignedIn,
} from '../../platform/access/index.js';
import { ApiOperationOf, ApiProblems, JsonText } from '../../platform/http/index.js';
import { ApiIdempotencyKey, IdempotencyKey, useOfUsersKey } from '../../platform/idempotency/index.js';
import { CatalogCache } from '../app/catalog-cache.js';
import { CategoriesService } from '../app/categories.service.js';
import { sendKept, sendPublicly } from './answers.js';
import {
  CategoryListResponse,
  CategoryResponse,
  CreateCategoryRequest,
  UpdateCategoryRequest,
} from './category.dto.js';

const ID = { name: 'id', description: 'The category', example: '0198c5f0-7b7e-7000-8000-000000000003' } as const;

@ApiTags('catalog')
@Controller('v1/categories')
export class CategoriesController {
  constructor(
    private readonly categories: CategoriesService,
    private readonly cache: CatalogCache,
  ) {}

  @Get()
  @Public()
  @ApiOperationOf('listCategories', 'All categories', 'The whole tree as a flat list, with how many products each has.')
  @ApiOkResponse({ type: CategoryListResponse, description: 'The categories' })
  @ApiProblems(400)
  async list(
    @CurrentActor() actor: Actor,
    @Req() { headers }: FastifyRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText> {
    const load = async () => new JsonText(`{"items":${await this.categories.list()}}`);
    return sendPublicly(reply, actor, await this.cache.answer({ actor, headers }, 'categories', '', load));
  }

  @Post()
  @HttpCode(201)
  @RequirePermission('catalog:write')
  @ApiIdempotencyKey()
  @ApiOperationOf('createCategory', 'Add a category', 'At the root, or below another.')
  @ApiCreatedResponse({ type: CategoryResponse, description: 'The category' })
  @ApiProblems(400, 409, 413, 415, 422)
  async create(
    @Body() body: CreateCategoryRequest,
    @CurrentUser() user: SignedIn,
    @IdempotencyKey() key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText> {
    return sendKept(
      reply,
      await this.categories.create(user, body, useOfUsersKey(user, key, 'POST /v1/categories', body)),
    );
  }

  @Patch(':id')
  @RequirePermission('catalog:write')
  @ApiOperationOf(
    'updateCategory',
    'Change a category',
    'What is not given stays. A category moves with all that is below it.',
  )
  @ApiParam(ID)
  @ApiOkResponse({ type: CategoryResponse, description: 'The category' })
  @ApiProblems(400, 404, 409, 413, 415, 422)
  async update(
    @Param('id') id: string,
    @Body() body: UpdateCategoryRequest,
    @CurrentUser() user: SignedIn,
  ): Promise<JsonText> {
    return new JsonText(await this.categories.change(user, id, body));
  }

  @Delete(':id')
  @HttpCode(204)
  @RequirePermission('catalog:write')
  @ApiOperationOf(
    'deleteCategory',
    'Delete a category',
    'One that has subcategories is refused; its products only lose it.',
  )
  @ApiParam(ID)
  @ApiNoContentResponse({ description: 'It is gone' })
  @ApiProblems(400, 404, 409, 422)
  async delete(@Param('id') id: string, @CurrentUser() user: SignedIn): Promise<void> {
    await this.categories.delete(user, id);
  }
}
