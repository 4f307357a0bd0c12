import { oneLine } from './plain-words.js';

/** Finished HTML: what `html` made. Nothing else may go into a mail without being escaped. */
export class Html {
  constructor(readonly source: string) {}
}

type Value = string | number | Html | readonly Html[];

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/**
 * Tag of a template whose values are escaped unless they are `Html` already, so that no template can forget it. A string becomes one
 * line of text (see `oneLine`), safe between tags and within a quoted attribute, but for attributes that hold an address: see `link`.
 */
export function html(strings: TemplateStringsArray, ...values: readonly Value[]): Html {
  return new Html(String.raw({ raw: strings.map(unindent) }, ...values.map(render)));
}

function render(value: Value): string {
  if (value instanceof Html) return value.source;
  if (typeof value === 'object') return value.map(({ source }) => source).join('\n');
  return oneLine(String(value)).replace(/[&<>"']/g, (character) => ESCAPES[character] ?? '');
}

/** The source's own indentation is no business of the reader's. */
function unindent(text: string): string {
  return text.replaceAll(/\n\s*/g, '\n');
}
