import { tonesOf, type Tones } from './colours.js';
import { circle, ellipse, group, line, rect, shape, type Svg } from './svg.js';

const OAK = tonesOf('oak');
const LINEN = tonesOf('chalk');
const LEATHER = tonesOf('walnut');
const PEG_RAIL = rect(40, 70, 320, 22, OAK.base, 6) + rect(40, 70, 320, 8, OAK.light, 4);

export function towel(t: Tones): Svg {
  return [
    PEG_RAIL,
    rect(186, 78, 28, 30, OAK.dark, 8),
    shape('M150 112q50 -22 100 0l22 198h-144z', LINEN.base),
    shape('M150 112q14 -8 28 -10l-14 208h-36z', '#ffffff'),
    shape('M222 102q16 3 28 10l22 198h-40z', LINEN.dark),
    shape('M133 262h134l2 16h-138z', t.base),
    shape('M130 286h140l1 8h-142z', t.dark),
    shape('M146 146h108l1 7h-110z', t.base),
    line('M186 118l-10 130M214 118l8 130', LINEN.dark, 3),
    line('M192 116q8 -22 16 0', t.base, 5),
  ].join('');
}

export function apron(t: Tones): Svg {
  return [
    PEG_RAIL,
    line('M160 146q0 -56 40 -58t40 58', LEATHER.base, 9),
    circle(200, 86, 9, OAK.dark),
    shape('M156 138h88q4 44 46 54v108q0 16 -16 16h-148q-16 0 -16 -16v-108q42 -10 46 -54z', t.base),
    shape('M156 138h24v178h-54q-16 0 -16 -16v-108q42 -10 46 -54z', t.light),
    shape('M244 138q4 44 46 54v108q0 16 -16 16h-20z', t.dark),
    rect(150, 226, 100, 66, t.dark, 10),
    rect(150, 226, 100, 60, t.base, 10),
    line('M150 240h100M200 226v60', t.deep, 3),
    line('M110 206q-28 14 -34 44M290 206q28 14 34 44', LEATHER.base, 7),
    circle(163, 148, 5, tonesOf('brass').base),
    circle(237, 148, 5, tonesOf('brass').base),
    rect(222, 206, 7, 46, '#f0b13c', 2),
  ].join('');
}

const TORSO =
  'M150 92q50 26 100 0l52 26q14 8 18 24l24 118l-44 14l-22 -70v96q0 16 -16 16h-124q-16 0 -16 -16v-96l-22 70l-44 -14l24 -118q4 -16 18 -24z';
const LEFT_LIGHT = 'M150 92q10 6 22 9q-20 90 -14 215h-20q-16 0 -16 -16v-96l-22 70l-44 -14l24 -118q4 -16 18 -24z';

export function baseLayer(t: Tones): Svg {
  return [
    shape(TORSO, t.base),
    shape(LEFT_LIGHT, t.light),
    line('M122 204l14 -70M278 204l-14 -70', t.deep, 4),
    line('M136 130q64 26 128 0', t.dark, 4),
    shape('M150 92q50 26 100 0q-8 -10 -18 -12q-32 12 -64 0q-10 2 -18 12z', t.dark),
    line('M128 302h144', t.dark, 5),
    rect(158, 282, 20, 12, '#f5ecdc', 2),
  ].join('');
}

export function jumper(t: Tones): Svg {
  const yoke = Array.from({ length: 9 }, (_, index) => {
    const x = 128 + index * 18;
    return shape(`M${x} 158l9 -14l9 14l-9 14z`, index % 2 ? t.pale : t.deep);
  });
  const ribs = Array.from({ length: 15 }, (_, index) => `M${130 + index * 10} 296v16`).join('');
  return [
    shape(TORSO, t.base),
    shape(LEFT_LIGHT, t.light),
    line('M122 204l10 -60M278 204l-10 -60', t.deep, 4),
    ...yoke,
    line('M124 136h152M124 180h152', t.pale, 4),
    line('M130 124q70 12 140 0', t.deep, 3),
    shape('M148 94q52 28 104 0l-8 -22q-44 16 -88 0z', t.dark),
    rect(122, 292, 156, 24, t.dark, 8),
    line(ribs, t.base, 3),
    line('M58 258l42 14M342 258l-42 14', t.dark, 12),
  ].join('');
}

export function jacket(t: Tones): Svg {
  return [
    shape('M150 96q-14 -62 50 -64q64 2 50 64q-50 26 -100 0z', t.dark),
    ellipse(200, 82, 30, 34, t.deep),
    shape(TORSO, t.base),
    shape(LEFT_LIGHT, t.light),
    shape('M150 92q50 26 100 0l6 20q-56 30 -112 0z', t.dark),
    line('M122 204l14 -66M278 204l-14 -66', t.deep, 4),
    line('M200 110v206', t.deep, 6),
    line('M200 110v206', '#f5ecdc', 2),
    line('M148 236l18 40M252 236l-18 40', t.deep, 5),
    rect(196, 132, 8, 18, '#f5ecdc', 3),
    line('M62 252l38 12M338 252l-38 12', t.deep, 7),
    line('M126 304h148', t.dark, 6),
  ].join('');
}

export function socks(t: Tones): Svg {
  const sock = (x: number, tones: Tones) =>
    group(
      { transform: `translate(${x} 0)` },
      shape('M60 70h76v136q0 16 14 26l44 32q22 18 8 40q-16 20 -44 8l-76 -40q-26 -14 -26 -46z', tones.base),
      shape('M60 70h28v180q0 26 22 40l-24 -14q-26 -14 -26 -46z', tones.light),
      rect(54, 62, 88, 40, tones.dark, 8),
      line(Array.from({ length: 8 }, (_, index) => `M${62 + index * 10} 70v24`).join(''), tones.base, 3),
      shape('M136 206q0 16 14 26l-36 34q-26 -8 -30 -22q4 -34 52 -38z', tones.dark),
      shape('M182 254l12 10q22 18 8 40q-16 20 -44 8l-12 -6q2 -40 36 -52z', tones.dark),
      rect(60, 116, 76, 9, tones.pale),
      rect(60, 134, 76, 5, tones.deep),
    );
  return sock(86, tonesOf('oat')) + sock(18, t);
}

export function beanie(t: Tones): Svg {
  const ribs = [-78, -48, -16, 16, 48, 78]
    .map((x) => `M${200 + x} 226Q${200 + x * 0.9} 150 ${200 + x * 0.25} 112`)
    .join('');
  const cuff = Array.from({ length: 17 }, (_, index) => `M${96 + index * 13} 232v62`).join('');
  return [
    shape('M96 236q-4 -132 104 -132t104 132z', t.base),
    shape('M96 236q-4 -106 70 -128q-34 50 -30 128z', t.light),
    line(ribs, t.dark, 4),
    rect(84, 222, 232, 82, t.dark, 22),
    rect(84, 222, 232, 74, t.base, 20),
    line(cuff, t.dark, 3),
    rect(262, 246, 34, 28, LEATHER.base, 4),
    circle(200, 92, 38, t.dark),
    circle(198, 89, 36, t.light),
    line('M176 76q10 -16 30 -14M180 104q14 12 34 4M206 84q12 2 16 12', t.pale, 5),
  ].join('');
}

export function giftCard(t: Tones): Svg {
  const gold = tonesOf('brass');
  return group(
    { transform: 'rotate(-8 200 210)' },
    rect(68, 128, 272, 176, t.deep, 20),
    rect(62, 120, 272, 176, t.base, 20),
    shape('M82 120h90l-110 120v-100q0 -20 20 -20z', t.light),
    rect(126, 120, 26, 176, gold.base),
    rect(62, 176, 272, 22, gold.base),
    rect(126, 120, 9, 176, gold.pale),
    shape('M139 186q-74 -70 -84 -28t84 28z', gold.base),
    shape('M139 186q74 -70 84 -28t-84 28z', gold.dark),
    shape(
      'M139 186q-42 56 -66 54l20 -8l-10 -18q30 -6 56 -28zM139 186q42 56 66 54l-20 -8l10 -18q-30 -6 -56 -28z',
      gold.dark,
    ),
    circle(139, 186, 15, gold.light),
    line('M220 238h84M244 260h60', t.pale, 7),
  );
}
