import { ApiProperty } from '@nestjs/swagger';
import { IsString, MaxLength } from 'class-validator';
import { RECOVERY_CODES } from '../second-factor/recovery-code.js';
import { CODE_MAX } from './second-step.dto.js';

export class TotpSecretResponse {
  @ApiProperty({ description: 'Base32, for typing into an app', example: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ' })
  secret!: string;

  @ApiProperty({
    description: 'The same for a QR code',
    example:
      'otpauth://totp/Backroom:grace%40example.com?issuer=Backroom&secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&algorithm=SHA1&digits=6&period=30',
  })
  uri!: string;
}

export class ConfirmTotpRequest {
  @ApiProperty({
    type: 'string',
    maxLength: CODE_MAX,
    description: 'Six digits that the app shows for the new secret',
    example: '287082',
  })
  @IsString()
  @MaxLength(CODE_MAX)
  code!: string;
}

export class RecoveryCodesResponse {
  @ApiProperty({
    type: [String],
    minItems: RECOVERY_CODES,
    maxItems: RECOVERY_CODES,
    description: 'Each signs in once instead of a code of the app. Shown this once: the server keeps hashes',
    example: Array.from({ length: RECOVERY_CODES }, () => 'k3ve-27dq-oapx-m5tz-ha4w-6bqe'),
  })
  recoveryCodes!: string[];
}

export class TotpStateDto {
  @ApiProperty({ description: 'Whether sign-ins ask for a code', example: true })
  enabled!: boolean;

  @ApiProperty({
    type: 'string',
    format: 'date-time',
    nullable: true,
    description: 'Since when',
    example: '2026-11-22T12:00:00.000Z',
  })
  enabledAt!: string | null;
}

export class PasskeyResponse {
  @ApiProperty({ description: "The credential's id", example: 'mMNq4Lr3x9vVQb2kYzOYdw' })
  id!: string;

  @ApiProperty({ description: 'As its owner calls it', example: "Grace's phone" })
  name!: string;

  @ApiProperty({ description: 'Whether it is kept beyond one device', example: true })
  backedUp!: boolean;

  @ApiProperty({ format: 'date-time', description: 'When it was added', example: '2026-11-22T12:00:00.000Z' })
  createdAt!: string;

  @ApiProperty({
    type: 'string',
    format: 'date-time',
    nullable: true,
    description: 'When it last signed in',
    example: '2026-11-22T12:00:00.000Z',
  })
  lastUsedAt!: string | null;
}

/** How an account is signed in to. */
export class FactorsResponse {
  @ApiProperty({ description: 'Whether there is a password', example: true })
  password!: boolean;

  @ApiProperty({ type: TotpStateDto, description: 'Codes of an authenticator app' })
  totp!: TotpStateDto;

  @ApiProperty({ type: 'integer', minimum: 0, description: 'Recovery codes that were not used', example: 10 })
  recoveryCodesLeft!: number;

  @ApiProperty({ type: [PasskeyResponse], description: 'Oldest first' })
  passkeys!: PasskeyResponse[];
}
