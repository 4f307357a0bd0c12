import type { SqlReader } from '../../platform/database/index.js';

const WANTED = `
  select distinct unnest(event_types) as type from webhook_subscription where disabled_at is null`;

/** Every type of event that a subscription asks for which is not disabled. */
export async function findWantedTypes(reader: SqlReader): Promise<string[]> {
  const rows = await reader.sql<{ type: string }>('webhooks-wanted', WANTED, []);
  return rows.map(({ type }) => type);
}
