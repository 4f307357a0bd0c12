import { ApiProperty } from '@nestjs/swagger';
import { IsIn } from 'class-validator';
import type { StepOutcome } from '../providers/test-engine.js';

const OUTCOMES: StepOutcome[] = ['approved', 'declined'];

export class CompleteTestPaymentRequest {
  @ApiProperty({ enum: OUTCOMES, description: 'What the shopper does at the bank', example: 'approved' })
  @IsIn(OUTCOMES)
  outcome!: StepOutcome;
}

export class CompletedTestPaymentResponse {
  @ApiProperty({ type: String, description: 'The payment', example: '0198c5f0-7b7e-7000-8000-000000000000' })
  paymentId!: string;
  @ApiProperty({ enum: OUTCOMES, description: 'What the shopper did', example: 'approved' })
  outcome!: StepOutcome;
}
