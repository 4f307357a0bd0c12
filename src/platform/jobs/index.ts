export { Jobs, JOBS_OPTIONS, type JobsOptions, type NewJob } from './jobs.js';
export type { Pace } from './pace.js';
