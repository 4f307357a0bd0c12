import { Body, Controller, Delete, HttpCode, Param, Patch, Post, Res } from '@nestjs/common';
import { ApiCreatedResponse, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { CurrentUser, RequirePermission, type SignedIn } from '../../platform/access/index.js';
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
import { AddVariantService } from '../app/add-variant.service.js';
import { ChangeVariantsService } from '../app/change-variants.service.js';
import { sendKept } from './answers.js';
import { toNewVariant, toVariantChange } from './catalog.mapper.js';
import { ProductResponse } from './product-response.dto.js';
import { CreateVariantRequest, UpdateVariantRequest } from './variant.dto.js';

const VARIANT = { name: 'id', description: 'The variant', example: '0198c5f0-7b7e-7000-8000-000000000001' } as const;

@ApiTags('catalog')
@Controller('v1')
export class VariantsController {
  constructor(
    private readonly additions: AddVariantService,
    private readonly variants: ChangeVariantsService,
    private readonly config: Config,
  ) {}

  @Post('products/:idOrSlug/variants')
  @HttpCode(201)
  @RequirePermission('catalog:write')
  @ApiIdempotencyKey()
  @ApiIfMatch()
  @ApiOperationOf('addVariant', 'Add a variant', 'With a value for each option of the product, and its stock.')
  @ApiParam({ name: 'idOrSlug', description: "The product's id or slug", example: 'enamel-mug' })
  @ApiCreatedResponse({ type: ProductResponse, description: 'The whole product' })
  @ApiProblems(400, 404, 409, 413, 415, 422)
  async add(
    @Param('idOrSlug') idOrSlug: string,
    @Body() body: CreateVariantRequest,
    @CurrentUser() user: SignedIn,
    @IfMatch() expected: ExpectedVersions,
    @IdempotencyKey() key: string | undefined,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<JsonText> {
    const use = useOfUsersKey(user, key, `POST /v1/products/${idOrSlug}/variants`, body);
    const input = toNewVariant(body, this.config.currency);
    return sendKept(reply, await this.additions.add(idOrSlug, input, { actor: user, expected, use }));
  }

  @Patch('variants/:id')
  @RequirePermission('catalog:write')
  @ApiIfMatch()
  @ApiOperationOf(
    'updateVariant',
    'Change a variant',
    'What is not given stays. Stock is changed by `POST /v1/inventory/{variantId}/adjustments`.',
  )
  @ApiParam(VARIANT)
  @ApiOkResponse({ type: ProductResponse, description: 'The whole product, whose version counts' })
  @ApiProblems(400, 404, 409, 413, 415, 422)
  async update(
    @Param('id') id: string,
    @Body() body: UpdateVariantRequest,
    @CurrentUser() user: SignedIn,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<JsonText> {
    const change = toVariantChange(body, this.config.currency);
    const { json, version } = await this.variants.change(user, id, change, expected);
    return new JsonText(json, version);
  }

  @Delete('variants/:id')
  @RequirePermission('catalog:write')
  @ApiIfMatch()
  @ApiOperationOf(
    'deleteVariant',
    'Delete a variant',
    'Its SKU is free again. Orders keep their copy of what was bought.',
  )
  @ApiParam(VARIANT)
  @ApiOkResponse({ type: ProductResponse, description: 'The whole product without it' })
  @ApiProblems(400, 404, 422)
  async delete(
    @Param('id') id: string,
    @CurrentUser() user: SignedIn,
    @IfMatch() expected: ExpectedVersions,
  ): Promise<JsonText> {
    const { json, version } = await this.variants.delete(user, id, expected);
    return new JsonText(json, version);
  }
}
