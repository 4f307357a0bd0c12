export { FailPoints, type FailPoint } from './fail-points.js';
