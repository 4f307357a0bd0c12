/** For the linters of openapi.json: no count of users, no question about newer versions. */
export const ENVIRONMENT = { REDOCLY_TELEMETRY: 'off', REDOCLY_SUPPRESS_UPDATE_NOTICE: 'true' };
