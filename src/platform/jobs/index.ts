export { Jobs, JOBS_OPTIONS, type JobsOptions } from './jobs.js';
