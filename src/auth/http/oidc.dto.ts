import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { CookieField } from './cookie-field.js';
import { ProofRequest } from './proof.dto.js';

const URI_MAX = 500;
const CALLBACK_MAX = 8_000;
const TOKEN_MAX = 200;

const REDIRECT_URI = {
  type: 'string',
  format: 'uri',
  maxLength: URI_MAX,
  description: 'The page that the provider sends the person back to: one of OIDC_REDIRECT_URIS, sign for sign',
  example: 'https://shop.example.com/signed-in',
} as const;

export class OidcProviderResponse {
  @ApiProperty({ description: 'Stands in the addresses', example: 'google' })
  name!: string;

  @ApiProperty({ format: 'uri', description: 'Who it is, as its tokens say', example: 'https://accounts.google.com' })
  issuer!: string;

  @ApiProperty({ description: 'Where a sign-in with it begins', example: '/v1/auth/oidc/google/start' })
  startUrl!: string;
}

export class OidcProvidersResponse {
  @ApiProperty({ type: [OidcProviderResponse], description: 'In the order in which they are configured' })
  items!: OidcProviderResponse[];
}

export class OidcStartRequest {
  @ApiProperty(REDIRECT_URI)
  @IsString()
  @MaxLength(URI_MAX)
  redirectUri!: string;

  @CookieField()
  cookie?: boolean;
}

export class OidcLinkRequest extends ProofRequest {
  @ApiProperty(REDIRECT_URI)
  @IsString()
  @MaxLength(URI_MAX)
  redirectUri!: string;
}

export class OidcStartResponse {
  @ApiProperty({
    format: 'uri',
    description: 'Where the browser goes',
    example: 'https://accounts.google.com/o/oauth2/v2/auth?client_id=shop&response_type=code',
  })
  url!: string;

  @ApiProperty({
    description: 'The page keeps it (`sessionStorage`) and shows it when the person is back',
    example: 'q3Zk1c0WJt6m9Yb2sXvR8pLh4dNfUe7aGi5oKzTnMxE',
  })
  token!: string;

  @ApiProperty({ type: 'integer', minimum: 1, description: 'Seconds until it must begin again', example: 600 })
  expiresIn!: number;
}

export class OidcCallbackRequest {
  @ApiProperty({
    type: 'string',
    maxLength: TOKEN_MAX,
    description: 'The `token` of the start',
    example: 'q3Zk1c0WJt6m9Yb2sXvR8pLh4dNfUe7aGi5oKzTnMxE',
  })
  @IsString()
  @MaxLength(TOKEN_MAX)
  token!: string;

  @ApiProperty({
    type: 'string',
    maxLength: CALLBACK_MAX,
    description: 'The whole address that the provider has sent the person back to',
    example: 'https://shop.example.com/signed-in?code=SplxlOBeZQQYbYS6WxSbIA&state=af0ifjsldkj',
  })
  @IsString()
  @MaxLength(CALLBACK_MAX)
  callbackUrl!: string;
}

/** A provider by which the account can be signed in to. */
export class IdentityResponse {
  @ApiProperty({ description: 'The name of the provider', example: 'google' })
  provider!: string;

  @ApiProperty({ format: 'date-time', description: 'When it was linked', example: '2026-11-22T10:00:00.000Z' })
  linkedAt!: string;

  @ApiProperty({
    type: 'string',
    format: 'date-time',
    nullable: true,
    description: 'The latest sign-in with it',
    example: '2026-11-22T10:00:00.000Z',
  })
  lastUsedAt!: string | null;
}

export class IdentitiesResponse {
  @ApiProperty({ type: [IdentityResponse], description: 'By the name of the provider' })
  items!: IdentityResponse[];
}
