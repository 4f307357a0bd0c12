export { Config, ConfigError, loadConfig } from './config.js';
export type { OidcProvider } from './oidc-providers.js';
