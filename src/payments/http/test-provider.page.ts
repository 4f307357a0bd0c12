import { createHash } from 'node:crypto';
import { formatMoney, type Money } from '../../platform/money/index.js';

const SCRIPT = `
const said = document.querySelector('output');
const buttons = document.querySelectorAll('button');
for (const button of buttons) button.addEventListener('click', async () => {
  buttons.forEach((each) => { each.disabled = true; });
  try {
    const answer = await fetch(location.pathname.replace(/\\/+$/, '') + '/complete', {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ outcome: button.value }),
    });
    const body = await answer.json();
    said.textContent = answer.ok ? 'Done: ' + body.outcome + '. You can go back to the shop.' : body.detail;
  } catch {
    said.textContent = 'The shop cannot be reached; try again.';
    buttons.forEach((each) => { each.disabled = false; });
  }
});
`;

/** Nothing but the page's own script runs on it, and it talks to nobody but the shop. */
export const PAGE_POLICY = `default-src 'none'; connect-src 'self'; script-src 'sha256-${createHash('sha256').update(SCRIPT).digest('base64')}'; frame-ancestors 'none'; base-uri 'none'`;

/** The page that stands for the shopper's bank: it says how much, and asks for yes or no. */
export function stepPage(money: Money): string {
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Test payment</title>
<h1>Test payment</h1>
<p>This page stands for a bank. No money moves. Confirm the payment of <strong>${formatMoney(money)}</strong>?</p>
<p><button value="approved">Approve</button> <button value="declined">Decline</button></p>
<p><output aria-live="polite"></output></p>
<script>${SCRIPT}</script>
</html>
`;
}
