import { applyDecorators } from '@nestjs/common';
import { ApiExtraModels, ApiOkResponse, ApiProperty, getSchemaPath } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { SignInResponse } from './auth.dto.js';

/** The longest that a code is read, with the spaces and dashes that people type. */
export const CODE_MAX = 50;

export class SecondFactorStepDto {
  @ApiProperty({
    description: 'Names this sign-in in its second step',
    example: 'q3Zk1c0WJt6m9Yb2sXvR8pLh4dNfUe7aGi5oKzTnMxE',
  })
  token!: string;

  @ApiProperty({
    enum: ['totp', 'recovery_code'],
    isArray: true,
    description: 'What can be shown: a code of the authenticator app, or a recovery code',
    example: ['totp', 'recovery_code'],
  })
  methods!: string[];

  @ApiProperty({ type: 'integer', minimum: 1, description: 'Seconds until the sign-in must begin again', example: 300 })
  expiresIn!: number;
}

/** The first factor was right, and the account has a second. */
export class SecondFactorResponse {
  @ApiProperty({ type: SecondFactorStepDto, description: 'What is asked for' })
  secondFactor!: SecondFactorStepDto;
}

export class SecondStepRequest {
  @ApiProperty({
    type: 'string',
    maxLength: 200,
    description: 'The `secondFactor.token` of the first step',
    example: 'q3Zk1c0WJt6m9Yb2sXvR8pLh4dNfUe7aGi5oKzTnMxE',
  })
  @IsString()
  @MaxLength(200)
  token!: string;

  @ApiProperty({
    type: 'string',
    maxLength: CODE_MAX,
    description: 'Six digits of the authenticator app, or a recovery code; each is good once',
    example: '287082',
  })
  @IsString()
  @MaxLength(CODE_MAX)
  code!: string;
}

/** The answer of a sign-in that has shown one factor: tokens, or the question for the second. */
export const ApiSignInOutcome = () =>
  applyDecorators(
    ApiExtraModels(SignInResponse, SecondFactorResponse),
    ApiOkResponse({
      description: 'The account and its tokens, or what the second step asks for',
      schema: { oneOf: [{ $ref: getSchemaPath(SignInResponse) }, { $ref: getSchemaPath(SecondFactorResponse) }] },
    }),
  );
