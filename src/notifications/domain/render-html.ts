import { html, type Html } from './html.js';
import type { Address, Block, Facts, Goods, Line, Lines, Link, MailDocument, ShopFace } from './mail-document.js';

/**
 * The document as HTML that mail programs render alike: tables for the frame, styles in the elements, nothing fetched from anywhere.
 * For screen readers the frame is marked as presentation, and the tables that hold data have their headings.
 */
export function renderHtml(document: MailDocument, shop: Pick<ShopFace, 'name'>): string {
  return html`<!DOCTYPE html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>${document.subject}</title>
      </head>
      <body style="margin:0;padding:0;background-color:#f3f4f6;">
        <table
          role="presentation"
          width="100%"
          cellpadding="0"
          cellspacing="0"
          border="0"
          style="background-color:#f3f4f6;"
        >
          <tr>
            <td align="center" style="padding:24px 12px;">
              <table
                role="presentation"
                width="600"
                cellpadding="0"
                cellspacing="0"
                border="0"
                style="width:100%;max-width:600px;background-color:#ffffff;border:1px solid #d1d5db;"
              >
                <tr>
                  <td align="left" style="padding:24px;${TEXT}">
                    <p style="margin:0 0 8px;font-size:14px;color:#4b5563;">${shop.name}</p>
                    <h1 style="margin:0 0 16px;font-size:22px;line-height:1.3;">${document.heading}</h1>
                    ${document.blocks.map(renderBlock)}
                    <p style="margin:24px 0 0;font-size:13px;color:#4b5563;">${document.footer}</p>
                  </td>
                </tr>
              </table>
            </td>
          </tr>
        </table>
      </body>
    </html>`.source;
}

const TEXT =
  'font-family:Helvetica,Arial,sans-serif;font-size:16px;line-height:1.5;color:#111827;word-break:break-word;overflow-wrap:anywhere;';
const CELL = `padding:8px 0;border-bottom:1px solid #e5e7eb;vertical-align:top;${TEXT}`;
const NUMBER_CELL = `padding:8px 0 8px 12px;border-bottom:1px solid #e5e7eb;vertical-align:top;white-space:nowrap;${TEXT}`;

function renderBlock(block: Block): Html {
  switch (block.kind) {
    case 'paragraph':
      return html`<p style="margin:0 0 16px;">${block.text}</p>`;
    case 'link':
      return renderLink(block);
    case 'facts':
      return renderFacts(block);
    case 'address':
      return renderAddress(block);
    case 'goods':
      return renderGoods(block);
    case 'lines':
      return renderLines(block);
  }
}

/** Refuses every address that is not the web's: escaping alone would let `javascript:` through. */
function renderLink({ label, url }: Link): Html {
  if (!/^https?:\/\//i.test(url)) throw new RangeError('A mail links to http and https addresses only');
  return html`<p style="margin:0 0 16px;"><a href="${url}" style="color:#1d4ed8;">${label}</a></p>`;
}

function renderHeading(heading: string): Html {
  return html`<h2 style="margin:24px 0 8px;font-size:17px;line-height:1.3;">${heading}</h2>`;
}

function renderLines({ heading, rows }: Lines): Html {
  return html`${renderHeading(heading)}
    <table width="100%" cellpadding="0" cellspacing="0" border="0" style="border-collapse:collapse;">
      <thead>
        <tr>
          <th scope="col" align="left" style="${CELL}">Item</th>
          <th scope="col" align="right" style="${NUMBER_CELL}">Quantity</th>
          <th scope="col" align="right" style="${NUMBER_CELL}">Each</th>
          <th scope="col" align="right" style="${NUMBER_CELL}">Total</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(renderLine)}
      </tbody>
    </table>`;
}

function renderLine({ title, detail, quantity, unitPrice, total }: Line): Html {
  return html`<tr>
    <td align="left" dir="auto" style="${CELL}">${title}${renderDetail(detail)}</td>
    <td align="right" style="${NUMBER_CELL}">${quantity}</td>
    <td align="right" style="${NUMBER_CELL}">${unitPrice}</td>
    <td align="right" style="${NUMBER_CELL}">${total}</td>
  </tr>`;
}

function renderGoods({ heading, rows }: Goods): Html {
  return html`${renderHeading(heading)}
    <table width="100%" cellpadding="0" cellspacing="0" border="0" style="border-collapse:collapse;margin:0 0 16px;">
      <thead>
        <tr>
          <th scope="col" align="left" style="${CELL}">Item</th>
          <th scope="col" align="right" style="${NUMBER_CELL}">Quantity</th>
        </tr>
      </thead>
      <tbody>
        ${rows.map(
          ({ title, detail, quantity }) =>
            html`<tr>
              <td align="left" dir="auto" style="${CELL}">${title}${renderDetail(detail)}</td>
              <td align="right" style="${NUMBER_CELL}">${quantity}</td>
            </tr>`,
        )}
      </tbody>
    </table>`;
}

function renderDetail(detail: string | null): Html {
  return detail === null ? html`` : html`<br /><span style="font-size:14px;color:#4b5563;">${detail}</span>`;
}

function renderFacts({ rows }: Facts): Html {
  return html`<table
    width="100%"
    cellpadding="0"
    cellspacing="0"
    border="0"
    style="border-collapse:collapse;margin:0 0 16px;"
  >
    ${rows.map(({ name, value, strong }) => {
      const weight = strong ? 'font-weight:bold;' : 'font-weight:normal;';
      return html`<tr>
        <th scope="row" align="left" style="padding:4px 12px 4px 0;${TEXT}${weight}">${name}</th>
        <td align="right" style="padding:4px 0;${TEXT}${weight}">${value}</td>
      </tr>`;
    })}
  </table>`;
}

function renderAddress({ heading, lines }: Address): Html {
  const rows = lines.map((line, at) => html`${at === 0 ? '' : html`<br />`}<span dir="auto">${line}</span>`);
  return html`${renderHeading(heading)}
    <p style="margin:0 0 16px;">${rows}</p>`;
}
