export { ProofOfPerson } from './app/proof-of-person.js';
export { ProofRequest } from './http/proof.dto.js';
export { AuthModule } from './auth.module.js';
export { SigningKeysModule } from './signing-keys.module.js';
export { SigningKeysService, type Rotation } from './app/signing-keys.service.js';
