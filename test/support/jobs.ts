const SCHEMAS = ['graphile_worker', 'graphile_worker_recovery', 'graphile_worker_mail', 'graphile_worker_webhooks'];

/** All jobs of all lanes, as a table expression. */
export const JOBS = `(${SCHEMAS.map((schema) => `select * from ${schema}.jobs`).join(' union all ')})`;

/** A statement that makes what waits for its next try due now. */
export const HURRY_JOBS = SCHEMAS.map(
  (schema) =>
    `update ${schema}._private_jobs set run_at = now() where locked_at is null and run_at > now() and attempts > 0`,
).join('; ');

/** A statement that has recovery look at everything that is open. */
export const RUN_RECOVERY = `select graphile_worker_recovery.add_job('orders.recover', '{}'::json)`;

/** A statement that makes what recovery would look at later due now, also what has not been tried yet. */
export const HURRY_RECOVERY =
  'update graphile_worker_recovery._private_jobs set run_at = now() where locked_at is null and run_at > now()';

/** A statement that takes back the question which recovery has put off about one order, `$1`. */
export const FORGET_QUESTION = `delete from graphile_worker_recovery._private_jobs where payload->>'orderId' = $1 and locked_at is null`;
