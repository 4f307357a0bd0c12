import { ApiProperty } from '@nestjs/swagger';

/** A public key (RFC 7517, RFC 7518). */
export class PublicKeyResponse {
  @ApiProperty({ enum: ['EC'], description: 'The family of the key', example: 'EC' })
  kty!: 'EC';

  @ApiProperty({ enum: ['P-256'], description: 'The curve', example: 'P-256' })
  crv!: 'P-256';

  @ApiProperty({
    description: 'A coordinate of the public point',
    example: 'f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU',
  })
  x!: string;

  @ApiProperty({ description: 'The other coordinate', example: 'x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0' })
  y!: string;

  @ApiProperty({
    description: 'What tokens name the key by: its thumbprint (RFC 7638)',
    example: 'NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs',
  })
  kid!: string;

  @ApiProperty({ enum: ['ES256'], description: 'The algorithm that it signs by', example: 'ES256' })
  alg!: 'ES256';

  @ApiProperty({ enum: ['sig'], description: 'What it is for', example: 'sig' })
  use!: 'sig';
}

export class JwksResponse {
  @ApiProperty({ type: [PublicKeyResponse], description: 'The youngest last' })
  keys!: PublicKeyResponse[];
}
