export { classify, LEFT_OUT } from './classify.mjs';
export { isExact } from './compare.mjs';
export { replay } from './execute.mjs';
export { formatMinor, parseMinor } from './money.mjs';
export { planSales, spreadOverOrders } from './plan.mjs';
export { readRows, untilDay } from './read.mjs';
export { renderPlan, renderReport } from './report.mjs';
export { dependencies, runOrdered } from './schedule.mjs';
export { slugOf } from './shop.mjs';
