import { Body, Controller, Get, Header, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Capability } from '../../platform/access/index.js';
import { ApiOperationOf, ApiProblems } from '../../platform/http/index.js';
import { CompleteTestStepService } from '../app/complete-test-step.service.js';
import { CompletedTestPaymentResponse, CompleteTestPaymentRequest } from './test-provider.dto.js';
import { PAGE_POLICY, stepPage } from './test-provider.page.js';

/** The shopper's side of the `test` provider. Without that provider there are no such payments, and each answer is 404. */
@ApiTags('payments')
@Controller('v1/payments/test')
export class TestProviderController {
  constructor(private readonly steps: CompleteTestStepService) {}

  @Get(':paymentId')
  @Capability('payment id')
  @Header('content-type', 'text/html; charset=utf-8')
  @Header('content-security-policy', PAGE_POLICY)
  @Header('cache-control', 'no-store')
  @ApiOperationOf(
    'showTestPayment',
    'The page of a test payment',
    'Where `nextAction.url` of a payment with `tok_requires_action` leads: it stands for the page of a bank.',
  )
  @ApiOkResponse({
    description: 'The page',
    content: { 'text/html': { schema: { type: 'string' }, example: '<!doctype html><title>Test payment</title>' } },
  })
  @ApiProblems(400, 404, 422)
  async show(@Param('paymentId') paymentId: string): Promise<string> {
    const { amount, currency } = await this.steps.find(paymentId);
    return stepPage({ amount, currency });
  }

  @Post(':paymentId/complete')
  @HttpCode(200)
  @Capability('payment id')
  @ApiOperationOf(
    'completeTestPayment',
    'Take the step of a test payment',
    'What a shopper does at their bank, for payments with `tok_requires_action`: the order is settled shortly afterwards. The same step can be taken again without effect.',
  )
  @ApiOkResponse({ type: CompletedTestPaymentResponse, description: 'The step was taken' })
  @ApiProblems(400, 404, 409, 413, 415, 422, 503)
  async complete(
    @Param('paymentId') paymentId: string,
    @Body() { outcome }: CompleteTestPaymentRequest,
  ): Promise<CompletedTestPaymentResponse> {
    await this.steps.complete(paymentId, outcome);
    return { paymentId, outcome };
  }
}
