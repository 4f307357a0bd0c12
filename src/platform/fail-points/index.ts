export { FAIL_POINTS, FailPoints, type FailPoint } from './fail-points.js';
