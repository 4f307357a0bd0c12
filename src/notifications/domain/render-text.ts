import type { Block, GoodsRow, Line, MailDocument } from './mail-document.js';
import { oneLine } from './plain-words.js';

/** The document as plain text. Each value stays on one line of its own, so that none can pass for another. */
export function renderText(document: MailDocument): string {
  const parts = [
    oneLine(document.heading),
    ...document.blocks.map(renderBlock),
    // The mark of a signature (RFC 3676, section 4.3): mail programs fold away what follows it.
    `-- \n${oneLine(document.footer)}`,
  ];
  return `${parts.join('\n\n')}\n`;
}

function renderBlock(block: Block): string {
  switch (block.kind) {
    case 'paragraph':
      return oneLine(block.text);
    case 'link':
      return `${oneLine(block.label)}:\n${oneLine(block.url)}`;
    case 'facts':
      return block.rows.map(({ name, value }) => `${oneLine(name)}: ${oneLine(value)}`).join('\n');
    case 'address':
      return [underlined(block.heading), ...block.lines.map(oneLine)].join('\n');
    case 'goods':
      return [underlined(block.heading), ...block.rows.map(renderGoods)].join('\n\n');
    case 'lines':
      return [underlined(block.heading), ...block.rows.map(renderLine)].join('\n\n');
  }
}

function renderLine({ title, detail, quantity, unitPrice, total }: Line): string {
  const lines = [`${quantity} × ${oneLine(title)}`];
  if (detail !== null) lines.push(`    ${oneLine(detail)}`);
  lines.push(`    ${oneLine(unitPrice)} each, ${oneLine(total)} in all`);
  return lines.join('\n');
}

function renderGoods({ title, detail, quantity }: GoodsRow): string {
  const line = `${quantity} × ${oneLine(title)}`;
  return detail === null ? line : `${line}\n    ${oneLine(detail)}`;
}

function underlined(heading: string): string {
  const text = oneLine(heading);
  return `${text}\n${'-'.repeat(text.length)}`;
}
