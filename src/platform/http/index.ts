export { AnswerInterceptor, JsonText } from './answer.interceptor.js';
export { IfMatch, parseIfMatch, requireVersion, type ExpectedVersions } from './conditional.js';
export { ApiIfMatch, ApiLimit, ApiOperationOf } from './openapi.decorators.js';
export { decodeCursor, encodeCursor, PageQuery, toPage, type CursorValue, type Page } from './pagination.js';
export { readIdKey, readTimeKeys, timeKeysOf } from './time-keys.js';
export { ApiProblems } from './problem.decorators.js';
export { MoneyDto } from './money.dto.js';
export { readBodyStream, StreamedAnswer, StreamedBody, type BodyLimits } from './streams.js';
export { TotalsDto, toTotals } from './totals.dto.js';
