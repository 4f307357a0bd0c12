import { ApiPropertyOptional } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { Omittable } from '../../platform/http/fields.js';
import { PASSWORD_MAX } from '../passwords/password-length.js';
import { CODE_MAX } from './second-step.dto.js';

/** Shows that the person is there: one of the two. Neither is needed from an account that has neither and has just signed in. */
export class ProofRequest {
  @ApiPropertyOptional({
    type: 'string',
    format: 'password',
    maxLength: PASSWORD_MAX,
    description: 'The password of the account',
    example: 'correct horse battery staple',
  })
  @Omittable()
  @IsString()
  @MaxLength(PASSWORD_MAX)
  password?: string;

  @ApiPropertyOptional({
    type: 'string',
    maxLength: CODE_MAX,
    description: 'Instead of the password: six digits of the authenticator app, or a recovery code',
    example: '287082',
  })
  @Omittable()
  @IsString()
  @MaxLength(CODE_MAX)
  code?: string;
}
