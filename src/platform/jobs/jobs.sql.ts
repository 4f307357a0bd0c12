import type { Tx } from '../database/index.js';

/** A job as it is written into its lane's table. */
export interface JobRow {
  readonly task: string;
  readonly payload: object;
  readonly runAt?: Date | undefined;
  readonly maxAttempts?: number | undefined;
  readonly key?: string | undefined;
  readonly queue?: string | undefined;
}

/** graphile-worker's own function, for any number of jobs at once. It says once that there are some, and not for each. */
function addJobsText(schema: string): string {
  return `
  select count(*) from ${schema}.add_jobs(array(
    select row(task, payload, queue, "runAt", "maxAttempts", key, null, null)::${schema}.job_spec
    from json_to_recordset($1::json) as job (task text, payload json, queue text, "runAt" timestamptz, "maxAttempts" smallint, key text)))`;
}

/** Jobs of one lane, in its schema. */
export function addJobs(tx: Pick<Tx, 'write'>, schema: string, jobs: readonly JobRow[]): void {
  tx.write(`jobs-add-${schema}`, addJobsText(schema), [JSON.stringify(jobs)]);
}
