/** SQL for an amount as clients see money, or null. `currency` is the name of a parameter. */
export function moneySql(column: string, currency: string): string {
  return `case when ${column} is not null then json_build_object('amount', ${column}, 'currency', ${currency}::text) end`;
}

/** SQL for a time as clients see it: ISO 8601 in UTC, with milliseconds. */
export function timeSql(column: string): string {
  return `to_char(${column} at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}
