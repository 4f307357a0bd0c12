import type { Provider, Type } from '@nestjs/common';
import { Identities } from './app/identities.service.js';
import { OidcFlow } from './app/oidc-flow.service.js';
import { OidcSignIn } from './app/oidc-sign-in.service.js';
import { ExternalIdentitiesRepository } from './data/external-identities.repository.js';
import { IdentitiesController } from './http/identities.controller.js';
import { OidcController } from './http/oidc.controller.js';
import { OidcClient } from './oidc/oidc-client.js';

/** The part of auth that is about identity providers. */
export const oidcControllers: Type[] = [OidcController, IdentitiesController];

export const oidcProviders: Provider[] = [OidcClient, OidcFlow, OidcSignIn, Identities, ExternalIdentitiesRepository];
