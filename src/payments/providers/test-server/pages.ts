import { formatMoney } from '../../../platform/money/index.js';
import type { ProviderRecord } from '../../domain/payment-provider.js';

const LONGEST = 500;

/** What the provider charged, newest first, for people. */
export function listPage(records: readonly ProviderRecord[]): string {
  const shown = records.slice(-LONGEST).reverse();
  const captured = records.filter(({ status }) => status === 'captured').length;
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Test payments</title>
<style>body { font: 16px system-ui, sans-serif; margin: 2rem } td, th { padding: .2rem .8rem .2rem 0; text-align: left } td.money { text-align: right }</style>
<h1>Test payments</h1>
<p>No money moves here. ${records.length} charges, ${captured} of them captured${shown.length < records.length ? `; the latest ${shown.length}` : ''}.</p>
<table>
<thead><tr><th>Key</th><th>Status</th><th>Amount</th><th>Fee</th><th>Refunded</th></tr></thead>
<tbody>
${shown.map(row).join('\n')}
</tbody>
</table>
</html>
`;
}

function row({ key, status, amount, fee, refunds }: ProviderRecord): string {
  const money = (minor: bigint | null) =>
    minor === null ? '' : escape(formatMoney({ amount: minor, currency: amount.currency }));
  const refunded = refunds.reduce((sum, refund) => sum + refund.amount, 0n);
  const amounts = [amount.amount, fee, refunded].map((minor) => `<td class="money">${money(minor)}</td>`);
  return `<tr><td><code>${escape(key)}</code></td><td>${status}</td>${amounts.join('')}</tr>`;
}

function escape(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
