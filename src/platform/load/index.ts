import { performance } from 'node:perf_hooks';
import { ProcessLoad } from './process-load.js';

export { ProcessLoad } from './process-load.js';

/** The load of this process. */
export function measuredLoad(): ProcessLoad {
  return new ProcessLoad({
    now: () => performance.now(),
    loopActiveMs: () => performance.eventLoopUtilization().active,
  });
}
