import type { ShownApiKey } from '../app/api-keys.service.js';
import type { ApiKey } from '../data/api-keys.repository.js';
import type { ApiKeyResponse, ApiKeyWithSecretResponse } from './api-key.dto.js';

export function toApiKeyResponse(key: ApiKey, now: Date): ApiKeyResponse {
  const expired = key.expiresAt !== null && key.expiresAt <= now;
  return {
    id: key.id,
    prefix: key.prefix,
    name: key.name,
    userId: key.userId,
    permissions: [...key.permissions],
    status: key.revokedAt ? 'revoked' : expired ? 'expired' : 'active',
    createdAt: key.createdAt.toISOString(),
    rotatedAt: key.rotatedAt?.toISOString() ?? null,
    previousUntil: key.previousUntil && key.previousUntil > now ? key.previousUntil.toISOString() : null,
    expiresAt: key.expiresAt?.toISOString() ?? null,
    lastUsedAt: key.lastUsedAt?.toISOString() ?? null,
    revokedAt: key.revokedAt?.toISOString() ?? null,
  };
}

/** For the two answers that give the key out, and no other. */
export function toApiKeyWithSecret({ key, text }: ShownApiKey, now: Date): ApiKeyWithSecretResponse {
  return { ...toApiKeyResponse(key, now), key: text };
}
