import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength, MinLength } from 'class-validator';
import { EMAIL_MAX, EmailAddress } from '../../platform/http/fields.js';
import { PASSWORD_MAX, PASSWORD_MIN } from '../passwords/password-length.js';
import { ProofRequest } from './proof.dto.js';

const TOKEN_MAX = 200;

export class TokenRequest {
  @ApiProperty({
    type: 'string',
    maxLength: TOKEN_MAX,
    description: 'What the mailed link holds behind `#token=`, or the mail as its code',
    example: 'q3Zt0V3mQyWcU5p0c0Yv1A8n4eTzB2rKxLdJfHsGwPo',
  })
  @IsString()
  @MaxLength(TOKEN_MAX)
  token!: string;
}

export class RequestPasswordResetRequest {
  @ApiProperty({
    type: 'string',
    format: 'email',
    maxLength: EMAIL_MAX,
    description: 'The address of the account, in whatever capitals',
    example: 'grace@example.com',
  })
  @EmailAddress()
  email!: string;
}

export class ResetPasswordRequest extends TokenRequest {
  @ApiProperty({
    type: 'string',
    format: 'password',
    minLength: PASSWORD_MIN,
    maxLength: PASSWORD_MAX,
    description: 'Any characters; not a common password and not the e-mail address',
    example: 'seventeen purple elephants',
  })
  @IsString()
  @MinLength(PASSWORD_MIN)
  @MaxLength(PASSWORD_MAX)
  password!: string;
}

export class ChangeEmailRequest extends ProofRequest {
  @ApiProperty({
    type: 'string',
    format: 'email',
    maxLength: EMAIL_MAX,
    description: 'The new address, which a link is mailed to',
    example: 'grace.hopper@example.com',
  })
  @EmailAddress()
  email!: string;
}
