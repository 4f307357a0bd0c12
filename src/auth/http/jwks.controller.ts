import { Controller, Get, Header } from '@nestjs/common';
import { ApiOkResponse, ApiTags } from '@nestjs/swagger';
import { Public } from '../../platform/access/index.js';
import { ApiOperationOf, ApiProblems } from '../../platform/http/index.js';
import { AccessTokenKeys } from '../tokens/access-token-keys.js';
import { ALGORITHM } from '../tokens/access-token.js';
import { JwksResponse } from './jwks.dto.js';

@ApiTags('auth')
@Controller('.well-known')
export class JwksController {
  constructor(private readonly keys: AccessTokenKeys) {}

  @Get('jwks.json')
  @Public({ ignoresBearer: true })
  // Half of the time that passes between the making of a key and its first signature.
  @Header('cache-control', 'public, max-age=60')
  @ApiOperationOf(
    'getSigningKeys',
    'The public keys of access tokens',
    'A JSON Web Key Set (RFC 7517). A new key stands in it two minutes before it signs, an old one as long as what it signed is good.',
  )
  @ApiOkResponse({ type: JwksResponse, description: 'The keys' })
  @ApiProblems(400)
  read(): JwksResponse {
    return {
      keys: this.keys.all().map(({ id, publicJwk }) => ({ ...publicJwk, kid: id, alg: ALGORITHM, use: 'sig' })),
    };
  }
}
