import { ApiProperty } from '@nestjs/swagger';

/** Where an account is signed in. */
export class SessionResponse {
  @ApiProperty({ description: 'Opaque', example: '0198c5f0-7b7e-7000-8000-000000000002' })
  id!: string;

  @ApiProperty({
    description: 'How it began: `password`, `passkey`, `oidc:<provider>`, `registration`, `invitation`',
    example: 'password',
  })
  method!: string;

  @ApiProperty({ description: 'Whether a second factor was shown', example: true })
  secondFactor!: boolean;

  @ApiProperty({ description: 'What it most likely is used with, in words', example: 'Firefox on Windows' })
  device!: string;

  @ApiProperty({
    type: 'string',
    nullable: true,
    description: 'What the client called itself when it used the session last',
    example: 'Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0',
  })
  userAgent!: string | null;

  @ApiProperty({ type: 'string', nullable: true, description: 'From where it was used last', example: '203.0.113.7' })
  address!: string | null;

  @ApiProperty({ format: 'date-time', description: 'When it began', example: '2026-11-22T12:00:00.000Z' })
  createdAt!: string;

  @ApiProperty({
    type: 'string',
    format: 'date-time',
    nullable: true,
    description: 'When it began or got new tokens last',
    example: '2026-11-22T12:14:00.000Z',
  })
  lastUsedAt!: string | null;

  @ApiProperty({
    format: 'date-time',
    description: 'When it ends at the latest',
    example: '2026-12-22T12:00:00.000Z',
  })
  expiresAt!: string;

  @ApiProperty({ description: 'Whether it is the one that asks', example: true })
  current!: boolean;
}

/** A page of sessions, the latest first. */
export class SessionsPageResponse {
  @ApiProperty({ type: [SessionResponse], description: 'Sessions that stand, the latest first' })
  items!: SessionResponse[];

  @ApiProperty({ type: 'string', nullable: true, description: 'For the next page; null on the last', example: null })
  nextCursor!: string | null;
}
