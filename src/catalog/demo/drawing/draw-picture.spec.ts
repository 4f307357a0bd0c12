import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { DEMO_PRODUCTS, picturesOf } from '../demo-catalog.js';
import { drawPicture } from './draw-picture.js';
import { escapeXml } from './svg.js';

const ELEMENTS = ['svg', 'title', 'g', 'rect', 'circle', 'ellipse', 'path'];
const ATTRIBUTES =
  'xmlns viewBox width height role x y rx ry cx cy r d fill stroke stroke-width stroke-linecap stroke-linejoin transform opacity';
const TAG = /<(\/?)([a-z]+)((?: [A-Za-z-]+="[^"<>]*")*)(\/?)>/y;
const TEXT = /(?:[^<>&]|&(?:amp|lt|gt|quot);)*/y;

/** Reads XML as strictly as these pictures need it; what it does not know is a fault. */
function faultOf(xml: string): string | undefined {
  const open: string[] = [];
  let at = 0;
  while (at < xml.length) {
    TAG.lastIndex = at;
    const [tag, closing, name = '', attributes = '', empty] = TAG.exec(xml) ?? [];
    if (tag === undefined) return `no tag at ${xml.slice(at, at + 40)}`;
    at += tag.length;
    if (!ELEMENTS.includes(name)) return `element ${name}`;
    for (const [, key = ''] of attributes.matchAll(/ ([A-Za-z-]+)=/g))
      if (!ATTRIBUTES.split(' ').includes(key)) return `attribute ${key}`;
    if (closing && open.pop() !== name) return `</${name}> closes another`;
    if (!closing && !empty) open.push(name);
    if (open.length === 0 && at < xml.length) return 'more than one root';
    TEXT.lastIndex = at;
    at += TEXT.exec(xml)?.[0].length ?? 0;
  }
  return open.length > 0 ? `${open.join()} left open` : undefined;
}

describe('drawPicture', () => {
  const pictures = DEMO_PRODUCTS.flatMap(picturesOf);

  it('draws each picture as sound SVG of less than 6 KB, with a title and nothing that acts', () => {
    for (const picture of pictures) {
      const svg = drawPicture(picture);
      expect({ name: picture.name, fault: faultOf(svg) }).toEqual({ name: picture.name, fault: undefined });
      expect(svg).toContain(`<title>${escapeXml(picture.title)}</title>`);
      expect(svg).not.toMatch(/NaN|undefined|script|href|style|url\(/);
      expect(Buffer.byteLength(svg)).toBeLessThan(6_000);
    }
  });

  it('draws the same picture the same way, and no two alike', () => {
    expect(pictures.map(drawPicture)).toEqual(pictures.map(drawPicture));
    expect(new Set(pictures.map(drawPicture)).size).toBe(pictures.length);
  });

  it('stays sound whatever the title', () => {
    const [picture] = pictures;
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('<', '>', '&', '"', "'", '/', 'a', ' ', 'ü', ']]>') }), (title) => {
        expect(picture && faultOf(drawPicture({ ...picture, title }))).toBeUndefined();
      }),
    );
  });
});

describe('the check of the pictures itself', () => {
  it('finds what is not sound', () => {
    expect(faultOf('<svg><g></svg>')).toBe('</svg> closes another');
    expect(faultOf('<svg><g/>')).toBe('svg left open');
    expect(faultOf('<svg><script>1</script></svg>')).toBe('element script');
    expect(faultOf('<svg onload="x()"/>')).toBe('attribute onload');
    expect(faultOf('<svg><title>a & b</title></svg>')).toMatch(/^no tag/);
    expect(faultOf('<svg/><svg/>')).toBe('more than one root');
  });
});
