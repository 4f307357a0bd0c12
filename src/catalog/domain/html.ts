import sanitize from 'sanitize-html';

const ATTRIBUTES: Readonly<Record<string, readonly string[]>> = {
  a: ['href', 'title', 'target', 'rel'],
  abbr: ['title'],
  col: ['span'],
  colgroup: ['span'],
  img: ['src', 'alt', 'title', 'width', 'height'],
  ol: ['start'],
  td: ['colspan', 'rowspan'],
  th: ['colspan', 'rowspan', 'scope'],
};

const TAGS = (
  'p br hr div span blockquote pre code kbd samp h1 h2 h3 h4 h5 h6 ul ol li dl dt dd ' +
  'strong b em i u s del ins small mark sub sup abbr cite q a img figure figcaption ' +
  'table caption colgroup col thead tbody tfoot tr th td'
).split(' ');

/** Elements whose text is no prose: they go with all that is in them, where of others only the tags go. */
const DROPPED_WHOLE = (
  'script style template noscript iframe frame frameset noframes object embed applet noembed svg math ' +
  'title head textarea select option xmp plaintext audio video canvas'
).split(' ');

const LINK_SCHEMES = ['http', 'https', 'mailto', 'tel'];
const IMAGE_SCHEMES = ['http', 'https'];

/** Addresses within the shop stand on it; any host does, for only the scheme is asked for. */
const BASE = 'https://shop.invalid/';

const NUMERIC = new Set(['width', 'height', 'colspan', 'rowspan', 'span', 'start']);

const OPTIONS: sanitize.IOptions = {
  allowedTags: TAGS,
  allowedAttributes: Object.fromEntries(Object.entries(ATTRIBUTES).map(([tag, names]) => [tag, [...names]])),
  nonTextTags: DROPPED_WHOLE,
  selfClosing: ['br', 'hr', 'img', 'col'],
  allowedSchemes: LINK_SCHEMES,
  allowedSchemesByTag: { img: IMAGE_SCHEMES },
  allowProtocolRelative: false,
  parseStyleAttributes: false,
  nestingLimit: 64,
  transformTags: { '*': clean },
};

/** No allowed tag, so what is renamed to it disappears. (The library's filter for it rewrites the whole text at each.) */
const REMOVED = 'removed';

/** Passes after which a text that still changes is taken for hostile; honest HTML needs one, odd nesting two. */
const MAX_PASSES = 4;

/**
 * HTML from outside, reduced to formatting: paragraphs, lists, headings, tables, links and pictures by http and https. Scripts, styles,
 * frames, forms, event handlers, classes, ids and every other address scheme (`javascript:`, `data:`) are gone; links get
 * `rel="noopener noreferrer"`, addresses without a scheme ("//host/…") get https. NUL, which PostgreSQL refuses, is dropped.
 * A fixed point: sanitising the result again changes nothing, so a description that was exported can be imported without a change.
 */
export function sanitizeHtml(html: string): string {
  let result = html.replaceAll('\0', '');
  for (let pass = 0; pass < MAX_PASSES; pass++) {
    const next = sanitize(result, OPTIONS);
    if (next === result) return result;
    result = next;
  }
  return asText(result);
}

/** The whole as text, no tag left: also a fixed point, because all that it holds is text and entities. */
function asText(html: string): string {
  return sanitize(html, { allowedTags: [], allowedAttributes: {} });
}

function clean(tag: string, attribs: sanitize.Attributes): sanitize.Tag {
  const kept = cleanAttributes(tag, attribs);
  return tag === 'img' && kept['src'] === undefined
    ? { tagName: REMOVED, attribs: {} }
    : { tagName: tag, attribs: kept };
}

function cleanAttributes(tag: string, attribs: sanitize.Attributes): sanitize.Attributes {
  const allowed = ATTRIBUTES[tag] ?? [];
  const kept = Object.entries(attribs)
    .filter(([name]) => allowed.includes(name) && name !== 'rel')
    .map(([name, value]): [string, string] => [name, name === 'href' || name === 'src' ? withScheme(value) : value])
    .filter(([name, value]) => isAcceptable(name, value));
  const safe = Object.fromEntries(kept);
  return tag === 'a' && safe['href'] !== undefined ? { ...safe, rel: 'noopener noreferrer' } : safe;
}

function isAcceptable(name: string, value: string): boolean {
  if (NUMERIC.has(name)) return /^\d{1,5}%?$/.test(value);
  if (name === 'src') return /^https?:\/\//i.test(value) && hasScheme(value, IMAGE_SCHEMES);
  if (name === 'href') return value !== '' && hasScheme(value, LINK_SCHEMES);
  if (name === 'target') return value === '_blank';
  if (name === 'scope') return ['row', 'col', 'rowgroup', 'colgroup'].includes(value);
  return true;
}

/** Judged as a browser reads it: the WHATWG parser drops the blanks and control characters that hide a scheme from a pattern. */
function hasScheme(address: string, schemes: readonly string[]): boolean {
  return URL.canParse(address, BASE) && schemes.includes(new URL(address, BASE).protocol.slice(0, -1));
}

function withScheme(address: string): string {
  const trimmed = address.trim();
  return /^[/\\]{2}/.test(trimmed) ? `https://${trimmed.slice(2)}` : trimmed;
}
