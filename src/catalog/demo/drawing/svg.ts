/** Text of an SVG element or of several. */
export type Svg = string;

type Attributes = Readonly<Record<string, string | number>>;

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Text as XML wants it, between tags and in attributes alike. */
export function escapeXml(text: string): string {
  return text.replace(/[&<>"]/g, (sign) => ENTITIES[sign] ?? sign);
}

export function element(name: string, attributes: Attributes, content: Svg = ''): Svg {
  const written = Object.entries(attributes).map(([key, value]) => ` ${key}="${escapeXml(String(value))}"`);
  return `<${name}${written.join('')}${content === '' ? '/>' : `>${content}</${name}>`}`;
}

export function rect(x: number, y: number, width: number, height: number, fill: string, rx = 0): Svg {
  return element('rect', { x, y, width, height, ...(rx > 0 && { rx }), fill });
}

export function circle(cx: number, cy: number, r: number, fill: string): Svg {
  return element('circle', { cx, cy, r, fill });
}

export function ellipse(cx: number, cy: number, rx: number, ry: number, fill: string): Svg {
  return element('ellipse', { cx, cy, rx, ry, fill });
}

export function shape(d: string, fill: string): Svg {
  return element('path', { d, fill });
}

/** A line along `d`, with round ends. */
export function line(d: string, stroke: string, width: number): Svg {
  return element('path', {
    d,
    fill: 'none',
    stroke,
    'stroke-width': width,
    'stroke-linecap': 'round',
    'stroke-linejoin': 'round',
  });
}

export function group(attributes: Attributes, ...content: readonly Svg[]): Svg {
  return element('g', attributes, content.join(''));
}
