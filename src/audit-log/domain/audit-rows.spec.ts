import { describe, expect, it } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import type { AuditEntry } from './audit-entry.js';
import { AUDIT_CSV_HEADER, neutralised, toCsvLines, toNdjsonLines } from './audit-rows.js';

const ENTRY: AuditEntry = {
  id: '0198c5f0-7b7e-7000-8000-0000000000aa',
  at: new Date('2026-11-22T12:00:00.000Z'),
  actorKind: 'user',
  actorId: '0198c5f0-7b7e-7000-8000-0000000000ab',
  apiKeyId: null,
  action: 'users.role_changed',
  subjectType: 'role',
  subjectId: 'support',
  before: { permissions: [] },
  after: { permissions: ['orders:read'] },
  address: '192.0.2.1',
  userAgent: '=HYPERLINK("https://evil.example")',
  requestId: 'req-1',
};

describe('the audit log as CSV', () => {
  it('has a line for each entry under its header', () => {
    const [line] = parse(AUDIT_CSV_HEADER + toCsvLines([ENTRY]), { columns: true });
    expect(line).toMatchObject({
      id: ENTRY.id,
      at: '2026-11-22T12:00:00.000Z',
      apiKeyId: '',
      after: '{"permissions":["orders:read"]}',
      userAgent: `'=HYPERLINK("https://evil.example")`,
    });
  });

  it('holds nothing that a spreadsheet would run, and loses nothing', () => {
    fc.assert(
      fc.property(fc.string(), fc.constantFrom('=', '+', '-', '@', '\t', '\r', '\n', ''), (text, head) => {
        const userAgent = head + text;
        const [cells] = parse(toCsvLines([{ ...ENTRY, userAgent }]));
        const cell = cells?.[11] ?? '';
        expect(cell).not.toMatch(/^[=+\-@\t\r\n]/);
        expect(cell.replace(/^'(?=[=+\-@\t\r\n])/, '')).toBe(userAgent.replace(/^'(?=[=+\-@\t\r\n])/, ''));
      }),
    );
  });

  it('leaves plain text alone', () => {
    expect(neutralised('Mozilla/5.0 =x')).toBe('Mozilla/5.0 =x');
  });
});

describe('the audit log as NDJSON', () => {
  it('has an object on each line', () => {
    const lines = toNdjsonLines([ENTRY, ENTRY]).trimEnd().split('\n');
    expect(lines).toHaveLength(2);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ id: ENTRY.id, before: { permissions: [] } });
  });
});
