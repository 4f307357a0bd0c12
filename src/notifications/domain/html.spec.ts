import { describe, expect, it } from '@jest/globals';
import { html } from './html.js';

describe('html', () => {
  it('escapes values, within tags and within attributes', () => {
    const value = `<script>"&'`;
    expect(html`<p title="${value}">${value}</p>`.source).toBe(
      '<p title="&lt;script&gt;&quot;&amp;&#39;">&lt;script&gt;&quot;&amp;&#39;</p>',
    );
  });

  it('takes its own results as they are, alone and in lists', () => {
    const rows = ['a', '<b>'].map((text) => html`<b>${text}</b>`);
    expect(html`<p>${rows}${rows[0] ?? ''}</p>`.source).toBe('<p><b>a</b>\n<b>&lt;b&gt;</b><b>a</b></p>');
  });

  it('keeps a value on one line, and every digit of a number', () => {
    expect(html`${'a\r\nb'} ${0} ${12}`.source).toBe('a b 0 12');
  });
});
