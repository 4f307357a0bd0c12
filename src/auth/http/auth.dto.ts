import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength, MinLength } from 'class-validator';
import { EMAIL_MAX, EmailAddress, OneLine, Trimmed } from '../../platform/http/fields.js';
import { UserResponse } from '../../users/index.js';
import { PASSWORD_MAX, PASSWORD_MIN } from '../passwords/password-length.js';
import { CookieField } from './cookie-field.js';

export class RegisterRequest {
  @ApiProperty({
    type: 'string',
    format: 'email',
    maxLength: EMAIL_MAX,
    description: 'Kept as given; capitals do not make another address',
    example: 'grace@example.com',
  })
  @EmailAddress()
  email!: string;

  @ApiProperty({
    type: 'string',
    format: 'password',
    minLength: PASSWORD_MIN,
    maxLength: PASSWORD_MAX,
    description: 'Any characters; not a common password and not the e-mail address',
    example: 'correct horse battery staple',
  })
  @IsString()
  @MinLength(PASSWORD_MIN)
  @MaxLength(PASSWORD_MAX)
  password!: string;

  @ApiProperty({
    type: 'string',
    minLength: 1,
    maxLength: 200,
    description: 'What the person is called',
    example: 'Grace Hopper',
  })
  @OneLine(200)
  name!: string;

  @CookieField()
  cookie?: boolean;
}

export class LoginRequest {
  @ApiProperty({
    type: 'string',
    maxLength: EMAIL_MAX,
    description: 'In whatever capitals',
    example: 'grace@example.com',
  })
  @Trimmed()
  @IsString()
  @MaxLength(EMAIL_MAX)
  email!: string;

  @ApiProperty({
    type: 'string',
    format: 'password',
    maxLength: PASSWORD_MAX,
    description: 'The password',
    example: 'correct horse battery staple',
  })
  @IsString()
  @MaxLength(PASSWORD_MAX)
  password!: string;

  @CookieField()
  cookie?: boolean;
}

export class ChangePasswordRequest {
  @ApiProperty({
    type: 'string',
    format: 'password',
    maxLength: PASSWORD_MAX,
    description: 'The password until now',
    example: 'correct horse battery staple',
  })
  @IsString()
  @MaxLength(PASSWORD_MAX)
  currentPassword!: string;

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
  newPassword!: string;
}

/** What a client needs to speak for the user from now on. */
export class SignInResponse {
  @ApiProperty({ type: UserResponse, description: 'Who has signed in' })
  user!: UserResponse;

  @ApiProperty({
    description: 'For `Authorization: Bearer`',
    example: 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiIuLi4ifQ.c2lnbmF0dXJl',
  })
  accessToken!: string;

  @ApiProperty({ enum: ['Bearer'], description: 'The kind of token', example: 'Bearer' })
  tokenType!: 'Bearer';

  @ApiProperty({ type: 'integer', minimum: 1, description: 'Seconds until the access token runs out', example: 900 })
  expiresIn!: number;

  @ApiProperty({
    type: 'string',
    required: false,
    description: 'Gives the next pair of tokens, once; absent where it is in the cookie',
    example: '0mH3sX1q2w8J4c5V6b7N8m9K0l1P2o3I4u5Y6t7R8e9',
  })
  refreshToken?: string;
}
