import { Controller, HttpCode, Param, Post, Req, type RawBodyRequest } from '@nestjs/common';
import { ApiBody, ApiOkResponse, ApiParam, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Public } from '../../platform/access/index.js';
import { ApiOperationOf, ApiProblems } from '../../platform/http/index.js';
import { ReceiveNewsService } from '../app/receive-news.service.js';
import { ProviderNewsReceivedResponse } from './provider-news.dto.js';

/** Where payment providers deliver their news. The signature is what lets a delivery in. */
@ApiTags('payments')
@Controller('v1/payments')
export class ProviderNewsController {
  constructor(private readonly news: ReceiveNewsService) {}

  @Post(':provider/webhooks')
  @HttpCode(200)
  @Public()
  @ApiOperationOf(
    'receivePaymentWebhook',
    'Take a delivery of a payment provider',
    "For the providers' servers: the body as the provider makes it, with its signature in the headers. The same delivery may come again and in any order; what it tells of is looked up at the provider.",
  )
  @ApiParam({
    name: 'provider',
    schema: { type: 'string', maxLength: 100 },
    description: 'The provider',
    example: 'stripe',
  })
  @ApiBody({
    description: "As the provider's own documentation describes it",
    schema: { type: 'object', additionalProperties: true, example: { id: 'evt_1', type: 'payment_intent.succeeded' } },
  })
  @ApiOkResponse({ type: ProviderNewsReceivedResponse, description: 'The delivery is on record' })
  @ApiProblems(400, 404, 413, 415, 422)
  async receive(
    @Param('provider') provider: string,
    @Req() { rawBody, headers }: RawBodyRequest<FastifyRequest>,
  ): Promise<ProviderNewsReceivedResponse> {
    await this.news.receive(provider, { body: rawBody ?? Buffer.alloc(0), headers });
    return { received: true };
  }
}
