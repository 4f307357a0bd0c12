import { ApiProperty, ApiPropertyOptional } from '@nestjs/swagger';
import { Type } from 'class-transformer';
import {
  ArrayMaxSize,
  IsArray,
  IsIn,
  IsInt,
  IsObject,
  IsString,
  Matches,
  Max,
  MaxLength,
  Min,
  ValidateIf,
  ValidateNested,
} from 'class-validator';
import { Omittable, OneLine } from '../../platform/http/fields.js';
import { CookieField } from './cookie-field.js';
import { PasskeyResponse } from './factors.dto.js';

/** Of a credential's id, base64url: 375 bytes. It stands in addresses. */
export const CREDENTIAL_ID_MAX = 500;
const NAME_MAX = 100;

/** Bytes in base64url, as browsers write them. */
const IsBytes = (max: number) => (target: object, property: string) => {
  IsString()(target, property);
  MaxLength(max)(target, property);
  Matches(/^[A-Za-z0-9_-]+$/, { message: '$property must be base64url' })(target, property);
};
/** The field may be left out or null: browsers write either. */
const OrNothing = () => ValidateIf((_: object, value: unknown) => value !== undefined && value !== null);

const CREDENTIAL_ID = 'mMNq4Lr3x9vVQb2kYzOYdw';
const CLIENT_DATA = 'eyJ0eXBlIjoid2ViYXV0aG4uZ2V0IiwiY2hhbGxlbmdlIjoiLi4uIn0';
const AUTHENTICATOR_DATA = 'SZYN5YgOjGh0NBcPZHZgW4_krrmihjLHmVzzuoMdl2MdAAAAAQ';

export class AttestationDto {
  @ApiProperty({ type: 'string', maxLength: 4096, description: 'What the browser signed for', example: CLIENT_DATA })
  @IsBytes(4096)
  clientDataJSON!: string;

  @ApiProperty({
    type: 'string',
    maxLength: 16_384,
    description: 'The new key, of format `none` or self-attested',
    example: 'o2NmbXRkbm9uZWdhdHRTdG10oGhhdXRoRGF0YVik',
  })
  @IsBytes(16_384)
  attestationObject!: string;

  @ApiPropertyOptional({ type: 'string', maxLength: 16_384, description: 'Not read', example: AUTHENTICATOR_DATA })
  @OrNothing()
  @IsBytes(16_384)
  authenticatorData?: string;

  @ApiPropertyOptional({
    type: [String],
    maxItems: 10,
    description: 'How the authenticator can be reached',
    example: ['internal', 'hybrid'],
  })
  @Omittable()
  @IsArray()
  @ArrayMaxSize(10)
  @IsString({ each: true })
  @MaxLength(30, { each: true })
  @Matches(/^[a-z-]+$/, { each: true })
  transports?: string[];

  @ApiPropertyOptional({
    type: 'integer',
    minimum: -65_536,
    maximum: 65_536,
    description: 'Not read',
    example: -7,
  })
  @OrNothing()
  @IsInt()
  @Min(-65_536)
  @Max(65_536)
  publicKeyAlgorithm?: number;

  @ApiPropertyOptional({ type: 'string', maxLength: 4096, description: 'Not read', example: 'MFkwEwYHKoZIzj0CAQYI' })
  @OrNothing()
  @IsBytes(4096)
  publicKey?: string;
}

export class AssertionDto {
  @ApiProperty({ type: 'string', maxLength: 4096, description: 'What the browser signed for', example: CLIENT_DATA })
  @IsBytes(4096)
  clientDataJSON!: string;

  @ApiProperty({ type: 'string', maxLength: 4096, description: 'What the key signed', example: AUTHENTICATOR_DATA })
  @IsBytes(4096)
  authenticatorData!: string;

  @ApiProperty({ type: 'string', maxLength: 2048, description: 'Its signature', example: 'MEUCIQDxPSAsb3JkZXI' })
  @IsBytes(2048)
  signature!: string;

  @ApiPropertyOptional({
    type: 'string',
    maxLength: 100,
    description: 'Whose passkey it is, as the authenticator has kept it',
    example: 'AZjF8Ht-cACAAAAAAAAAAQ',
  })
  @OrNothing()
  @IsBytes(100)
  userHandle?: string;
}

/** What both kinds of answer have in common: `PublicKeyCredential.toJSON()` (WebAuthn Level 3, 5.1). */
abstract class CredentialDto {
  @ApiProperty({
    type: 'string',
    maxLength: CREDENTIAL_ID_MAX,
    description: "The credential's id, base64url",
    example: CREDENTIAL_ID,
  })
  @IsBytes(CREDENTIAL_ID_MAX)
  id!: string;

  @ApiProperty({ type: 'string', maxLength: CREDENTIAL_ID_MAX, description: 'The same', example: CREDENTIAL_ID })
  @IsBytes(CREDENTIAL_ID_MAX)
  rawId!: string;

  @ApiProperty({ enum: ['public-key'], description: 'The kind of credential', example: 'public-key' })
  @IsIn(['public-key'])
  type!: 'public-key';

  @ApiPropertyOptional({
    type: 'string',
    enum: ['platform', 'cross-platform'],
    nullable: true,
    description: 'Not read',
    example: 'platform',
  })
  @OrNothing()
  @IsIn(['platform', 'cross-platform'])
  authenticatorAttachment?: 'platform' | 'cross-platform';

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description: 'Not read',
    example: {},
  })
  @IsObject()
  clientExtensionResults!: Record<string, unknown>;
}

export class RegisteredCredentialDto extends CredentialDto {
  @ApiProperty({ type: AttestationDto, description: 'The new key' })
  @IsObject()
  @ValidateNested()
  @Type(() => AttestationDto)
  response!: AttestationDto;
}

export class ShownCredentialDto extends CredentialDto {
  @ApiProperty({ type: AssertionDto, description: 'The signature' })
  @IsObject()
  @ValidateNested()
  @Type(() => AssertionDto)
  response!: AssertionDto;
}

const STEP_TOKEN = {
  type: 'string',
  maxLength: 200,
  description: 'The `token` that came with the options; good once',
  example: 'q3Zk1c0WJt6m9Yb2sXvR8pLh4dNfUe7aGi5oKzTnMxE',
} as const;

const PASSKEY_NAME = {
  type: 'string',
  minLength: 1,
  maxLength: NAME_MAX,
  description: 'As its owner calls it',
  example: "Grace's phone",
} as const;

export class AddPasskeyRequest {
  @ApiProperty(STEP_TOKEN)
  @IsString()
  @MaxLength(200)
  token!: string;

  @ApiProperty(PASSKEY_NAME)
  @OneLine(NAME_MAX)
  name!: string;

  @ApiProperty({ type: RegisteredCredentialDto, description: 'What `navigator.credentials.create` gave, as JSON' })
  @IsObject()
  @ValidateNested()
  @Type(() => RegisteredCredentialDto)
  response!: RegisteredCredentialDto;
}

export class PasskeySignInRequest {
  @ApiProperty(STEP_TOKEN)
  @IsString()
  @MaxLength(200)
  token!: string;

  @ApiProperty({ type: ShownCredentialDto, description: 'What `navigator.credentials.get` gave, as JSON' })
  @IsObject()
  @ValidateNested()
  @Type(() => ShownCredentialDto)
  response!: ShownCredentialDto;

  @CookieField()
  cookie?: boolean;
}

export class RenamePasskeyRequest {
  @ApiProperty(PASSKEY_NAME)
  @OneLine(NAME_MAX)
  name!: string;
}

export class PasskeysResponse {
  @ApiProperty({ type: [PasskeyResponse], description: 'Oldest first' })
  items!: PasskeyResponse[];
}

/** Options for the browser, and the token that its answer comes back with. */
export class CeremonyResponse {
  @ApiProperty({
    description: 'Comes back with the answer, within five minutes',
    example: 'q3Zk1c0WJt6m9Yb2sXvR8pLh4dNfUe7aGi5oKzTnMxE',
  })
  token!: string;

  @ApiProperty({
    type: 'object',
    additionalProperties: true,
    description:
      'As the browser takes them (`PublicKeyCredential.parseCreationOptionsFromJSON`, `parseRequestOptionsFromJSON`)',
    example: {
      challenge: 'hC2u3bPZ6sVqk0yq1v8J2w',
      rpId: 'shop.example',
      timeout: 300_000,
      userVerification: 'required',
    },
  })
  options!: object;
}
