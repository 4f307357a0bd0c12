import type { Factors } from '../app/factors.service.js';
import type { Passkey } from '../data/passkeys.repository.js';
import type { FactorsResponse, PasskeyResponse } from './factors.dto.js';

export function toPasskeyResponse({ id, name, backedUp, createdAt, lastUsedAt }: Passkey): PasskeyResponse {
  return {
    id,
    name,
    backedUp,
    createdAt: createdAt.toISOString(),
    lastUsedAt: lastUsedAt?.toISOString() ?? null,
  };
}

export function toFactorsResponse({ password, totpSince, recoveryCodesLeft, passkeys }: Factors): FactorsResponse {
  return {
    password,
    totp: { enabled: totpSince !== null, enabledAt: totpSince?.toISOString() ?? null },
    recoveryCodesLeft,
    passkeys: passkeys.map(toPasskeyResponse),
  };
}
