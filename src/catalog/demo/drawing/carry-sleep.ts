import { tonesOf, type Tones } from './colours.js';
import { circle, ellipse, line, rect, shape, type Svg } from './svg.js';

const LEATHER = tonesOf('walnut');
const BRASS = tonesOf('brass');
const BARK = tonesOf('walnut');

export function backpack(t: Tones): Svg {
  const strap = (x: number) =>
    rect(x, 150, 18, 92, LEATHER.base, 3) +
    rect(x - 3, 214, 24, 20, BRASS.base, 4) +
    rect(x + 3, 219, 12, 10, LEATHER.base, 2);
  return [
    line('M168 84q0 -34 32 -34t32 34', LEATHER.dark, 11),
    line('M112 150q-34 60 -14 130M288 150q34 60 14 130', t.deep, 16),
    shape('M104 150q0 -72 96 -72t96 72v132q0 34 -34 34h-124q-34 0 -34 -34z', t.base),
    shape('M104 150q0 -50 42 -66v232h-8q-34 0 -34 -34z', t.light),
    rect(128, 218, 144, 86, t.dark, 16),
    rect(128, 218, 144, 78, t.base, 16),
    shape('M98 158q-2 -86 102 -86t102 86q0 24 -22 24h-160q-22 0 -22 -24z', t.dark),
    shape('M98 152q-2 -82 102 -82t102 82q0 24 -22 24h-160q-22 0 -22 -24z', t.base),
    line('M116 132q14 -42 70 -46', t.pale, 5),
    strap(146),
    strap(236),
  ].join('');
}

export function tote(t: Tones): Svg {
  return [
    line('M152 156q-4 -102 48 -102t48 102', t.dark, 13),
    shape('M196 150q-20 -60 -6 -96q10 40 18 40q2 -30 18 -48q6 50 -6 104z', '#6f9a4f'),
    shape('M212 150q10 -50 30 -66q2 40 -14 66z', '#8ab866'),
    shape('M104 148h192l14 154q0 14 -14 14h-192q-14 0 -14 -14z', t.base),
    shape('M104 148h44l-6 168h-38q-14 0 -14 -14z', t.light),
    rect(102, 148, 196, 15, t.dark),
    line('M150 160q-2 -94 50 -94t50 94', t.dark, 13),
    line('M150 156q-2 -94 50 -94t50 94', t.pale, 9),
    circle(200, 238, 34, t.dark),
    shape('M176 252l20 -36l12 18l8 -10l12 28z', t.pale),
  ].join('');
}

export function dryBag(t: Tones): Svg {
  return [
    shape('M124 128h152q14 90 8 170q-2 18 -22 18h-124q-20 0 -22 -18q-6 -80 8 -170z', t.base),
    shape('M124 128h40q-16 90 -8 188h-18q-20 0 -22 -18q-6 -80 8 -170z', t.light),
    shape('M246 128h30q14 90 8 170q-2 18 -22 18h-18q12 -90 2 -188z', t.dark),
    rect(118, 96, 164, 36, t.deep, 14),
    rect(118, 96, 164, 16, t.dark, 8),
    line('M118 110q-22 -44 82 -50q104 6 82 50', t.deep, 9),
    rect(176, 46, 48, 26, tonesOf('charcoal').base, 7),
    rect(190, 52, 20, 14, tonesOf('charcoal').light, 3),
    rect(114, 232, 173, 16, t.deep),
    shape('M182 212q-22 -22 18 -60q40 38 18 60q-18 16 -36 0z', t.pale),
  ].join('');
}

export function tent(t: Tones): Svg {
  return [
    line('M200 106L36 322M200 106L364 322', t.deep, 4),
    shape('M200 100L56 316h288z', t.base),
    shape('M200 100L56 316h62z', t.light),
    shape('M200 100l144 216h-58z', t.dark),
    shape('M200 118L142 316h116z', '#2b2f3a'),
    shape('M200 118l-58 198h34q18 -110 24 -198z', t.pale),
    shape('M200 118l58 198h-24q-22 -110 -34 -198z', t.light),
    line('M200 100v-18', LEATHER.base, 6),
    shape('M200 82l34 9l-34 11z', '#d7a233'),
    line('M36 322l-8 -6M364 322l8 -6', LEATHER.dark, 6),
    rect(188, 288, 26, 28, '#f7d98a', 4),
  ].join('');
}

export function sleepingBag(t: Tones): Svg {
  const baffles = [150, 184, 218, 252, 284].map((y, index) => {
    const half = [74, 78, 74, 66, 58][index] ?? 60;
    return line(`M${200 - half} ${y}q${half} 16 ${half * 2} 0`, t.dark, 4);
  });
  return [
    shape(
      'M200 40q62 2 66 66q18 40 8 104q-8 64 -30 98q-10 14 -44 14t-44 -14q-22 -34 -30 -98q-10 -64 8 -104q4 -64 66 -66z',
      t.base,
    ),
    shape('M200 40q-62 2 -66 66q-18 40 -8 104q8 64 30 98q4 8 14 11q-40 -150 -4 -230z', t.light),
    ...baffles,
    ellipse(200, 104, 50, 46, t.deep),
    ellipse(200, 110, 42, 40, '#f2b35e'),
    ellipse(200, 122, 36, 26, '#fbe3b8'),
    line('M236 140q24 70 2 158', BRASS.base, 5),
    rect(228, 150, 14, 22, BRASS.pale, 4),
  ].join('');
}

export function blanket(t: Tones): Svg {
  const fold = (y: number, tones: Tones, inset: number) =>
    rect(74 + inset, y, 252 - inset * 2, 56, tones.dark, 24) + rect(74 + inset, y, 252 - inset * 2, 46, tones.base, 22);
  const fringe = Array.from({ length: 15 }, (_, index) => `M${106 + index * 13} 270v34`).join('');
  const stripes = (y: number) => rect(92, y, 216, 7, t.pale) + rect(92, y + 13, 216, 4, t.deep);
  return [
    fold(128, t, 14),
    rect(96, 144, 208, 6, t.pale),
    fold(174, tonesOf('oat'), 6),
    fold(220, t, 0),
    stripes(236),
    line(fringe, t.base, 5),
    line('M98 178q-10 8 -4 26', '#ffffff', 4),
    rect(74, 262, 252, 14, t.dark, 7),
  ].join('');
}

export function hammock(t: Tones): Svg {
  const tree = (x: number) =>
    rect(x, 60, 30, 262, BARK.base, 8) +
    rect(x, 60, 11, 262, BARK.light, 5) +
    circle(x + 15, 66, 56, tonesOf('moss').base) +
    circle(x - 10, 88, 34, tonesOf('moss').dark) +
    circle(x + 30, 52, 34, tonesOf('moss').light);
  return [
    tree(38),
    tree(332),
    line('M64 168L112 200M336 168L288 200', tonesOf('charcoal').base, 5),
    shape('M108 196q92 30 184 0q-12 92 -92 94t-92 -94z', t.dark),
    shape('M108 196q92 84 184 0q-8 84 -92 86t-92 -86z', t.base),
    shape('M108 196q20 66 70 82q-58 -4 -70 -82z', t.light),
    line('M146 236q52 38 108 2', t.pale, 5),
    rect(60, 158, 12, 22, BRASS.base, 4),
    rect(328, 158, 12, 22, BRASS.base, 4),
  ].join('');
}
