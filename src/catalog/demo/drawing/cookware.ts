import { tonesOf, type Tones } from './colours.js';
import { circle, ellipse, group, line, rect, shape, type Svg } from './svg.js';

const STEEL = tonesOf('steel');
const BRASS = tonesOf('brass');
const OAK = tonesOf('oak');

/** Seen from above, the handle to the lower right. */
export function skillet(t: Tones): Svg {
  return [
    group({ transform: 'rotate(45 175 190)' }, rect(285, 170, 115, 40, t.dark, 18), circle(376, 190, 9, t.pale)),
    circle(175, 190, 122, t.deep),
    circle(175, 188, 118, t.base),
    circle(175, 190, 98, t.deep),
    circle(175, 194, 94, t.dark),
    line('M105 170a75 75 0 0 1 58 -50', t.light, 7),
    ellipse(182, 205, 46, 38, '#fdfaf3'),
    circle(188, 202, 19, '#f0b13c'),
    circle(183, 196, 5, '#f8d98a'),
  ].join('');
}

export function casserole(t: Tones): Svg {
  return [
    rect(62, 212, 44, 24, t.dark, 12),
    rect(294, 212, 44, 24, t.dark, 12),
    shape('M88 196h224v74q0 44 -44 44h-136q-44 0 -44 -44z', t.base),
    shape('M88 196h34v118q-34 -6 -34 -44z', t.light),
    shape('M278 196h34v74q0 44 -44 44q10 -40 10 -118z', t.dark),
    rect(78, 184, 244, 18, t.deep, 9),
    shape('M86 184q10 -52 114 -54q104 2 114 54z', t.base),
    line('M112 170q20 -22 62 -27', t.pale, 6),
    rect(188, 116, 24, 16, BRASS.dark, 3),
    ellipse(200, 112, 24, 12, BRASS.base),
    ellipse(194, 109, 10, 4, BRASS.pale),
  ].join('');
}

export function wok(t: Tones): Svg {
  return [
    group(
      { transform: 'rotate(-18 310 205)' },
      rect(296, 192, 96, 22, OAK.base, 11),
      rect(296, 192, 96, 9, OAK.light, 5),
    ),
    shape('M56 200h288q-8 112 -112 114h-64q-104 -2 -112 -114z', t.base),
    shape('M56 200h60q6 76 66 114h-14q-104 -2 -112 -114z', t.light),
    ellipse(200, 200, 146, 22, t.deep),
    ellipse(200, 203, 134, 16, t.dark),
    group(
      { transform: 'rotate(-14 160 190)' },
      ellipse(150, 192, 26, 11, '#7fa35b'),
      ellipse(176, 196, 20, 9, '#5d8a45'),
    ),
    ellipse(232, 196, 25, 11, '#d9642f'),
    ellipse(262, 200, 15, 8, '#e8a23c'),
    line('M98 232q10 38 40 58', t.pale, 6),
  ].join('');
}

export function milkPan(t: Tones): Svg {
  return [
    group(
      { transform: 'rotate(-10 270 190)' },
      rect(262, 184, 124, 20, BRASS.base, 10),
      rect(262, 184, 124, 8, BRASS.light, 4),
      circle(370, 194, 5, BRASS.deep),
    ),
    shape('M84 178l-14 -10q20 0 30 4z', t.dark),
    shape('M84 172h186l-10 118q-2 24 -26 24h-114q-24 0 -26 -24z', t.base),
    shape('M84 172h44l4 142h-12q-24 0 -26 -24z', t.light),
    shape('M238 172h32l-10 118q-2 24 -26 24h-4q8 -60 8 -142z', t.dark),
    ellipse(177, 172, 93, 15, t.deep),
    ellipse(177, 175, 84, 11, '#f6efe2'),
    line('M112 200l4 84', t.pale, 7),
    circle(258, 196, 5, BRASS.deep),
    circle(256, 216, 5, BRASS.deep),
    line('M150 138q-12 -14 0 -28t0 -28M190 138q-12 -14 0 -28t0 -28', '#ffffff', 6),
  ].join('');
}

export function spoons(t: Tones): Svg {
  const spoon = (turn: number, tones: Tones) =>
    group(
      { transform: `rotate(${turn} 200 215)` },
      rect(189, 150, 22, 178, tones.base, 11),
      rect(189, 150, 9, 178, tones.light, 5),
      ellipse(200, 112, 40, 56, tones.base),
      ellipse(200, 110, 29, 43, tones.dark),
      ellipse(203, 116, 24, 35, tones.base),
      line('M197 190v110M203 200v60', tones.dark, 2),
    );
  return spoon(27, tonesOf('walnut')) + spoon(-24, t);
}

export function fireBowl(t: Tones): Svg {
  return [
    shape('M130 176q-8 -44 22 -70q-2 26 14 32q-6 -52 38 -88q-4 42 26 66q12 -12 8 -34q40 36 30 94z', '#e8742c'),
    shape('M156 178q-4 -30 18 -46q2 20 14 24q0 -36 22 -56q2 34 24 50q8 8 8 28z', '#f7b73c'),
    shape('M182 178q0 -22 18 -36q16 14 18 36z', '#fdeaa8'),
    shape('M84 176h232q-4 88 -72 116h-88q-68 -28 -72 -116z', t.base),
    shape('M84 176h56q4 78 44 116h-28q-68 -28 -72 -116z', t.light),
    rect(76, 168, 248, 18, t.deep, 9),
    ...[112, 148, 184, 220, 256, 288].map((x) => circle(x, 206, 5, t.deep)),
    rect(150, 288, 100, 12, t.deep, 6),
    rect(164, 298, 14, 20, t.dark),
    rect(222, 298, 14, 20, t.dark),
    line('M112 216q8 34 30 54', STEEL.base, 4),
  ].join('');
}
