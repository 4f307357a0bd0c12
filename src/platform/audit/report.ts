import type { AuditFinding } from './audit-check.js';

/** The audit for people: a line a check, and under a breach its claim and its rows. */
export function reportLines(findings: readonly AuditFinding[], durationMs: number): string[] {
  const width = Math.max(...findings.map(({ name }) => name.length), 0);
  const breaches = findings.filter(({ count }) => count > 0);
  const verdict =
    breaches.length === 0
      ? 'every check holds'
      : `${breaches.length} ${breaches.length === 1 ? 'check is' : 'checks are'} breached`;
  return [
    ...findings.flatMap((finding) => linesOf(finding, width)),
    `${findings.length} checks in ${(durationMs / 1000).toFixed(1)} s: ${verdict}`,
  ];
}

function linesOf({ name, claim, count, rows }: AuditFinding, width: number): string[] {
  if (count === 0) return [`ok      ${name}`];
  return [
    `BREACH  ${name.padEnd(width)}  ${count} ${count === 1 ? 'row' : 'rows'}`,
    `        It should be that ${claim}. It is not so here:`,
    ...rows.map((row) => `        ${JSON.stringify(row)}`),
    ...(count > rows.length ? [`        … and ${count - rows.length} more`] : []),
  ];
}
