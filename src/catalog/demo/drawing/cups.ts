import { tonesOf, type Tones } from './colours.js';
import { circle, ellipse, group, line, rect, shape, type Svg } from './svg.js';

const STEEL = tonesOf('steel');
const OAK = tonesOf('oak');
const CLAY = tonesOf('sand');
const COFFEE = '#4a2c20';

const steam = (x: number, y: number) =>
  group({ opacity: 0.75 }, line(`M${x} ${y}q-12 -14 0 -28t0 -28M${x + 34} ${y - 6}q-12 -14 0 -28t0 -28`, '#ffffff', 6));

export function mug(t: Tones): Svg {
  return [
    steam(170, 130),
    line('M262 190q58 -8 58 38t-60 46', t.dark, 20),
    line('M262 186q58 -8 58 38t-60 46', t.base, 16),
    shape('M112 152h160v132q0 30 -32 30h-96q-32 0 -32 -30z', t.base),
    shape('M112 152h40v162h-8q-32 0 -32 -30z', t.light),
    shape('M236 152h36v132q0 30 -32 30h-18q14 -60 14 -162z', t.dark),
    ...[
      [140, 196],
      [176, 230],
      [208, 186],
      [228, 262],
      [158, 274],
      [196, 294],
      [248, 212],
    ].map(([x = 0, y = 0], index) => circle(x, y, 2 + (index % 3), t.deep)),
    ellipse(192, 152, 84, 17, t.deep),
    ellipse(192, 152, 76, 13, t.pale),
    ellipse(192, 156, 68, 9, COFFEE),
  ].join('');
}

export function tumbler(t: Tones): Svg {
  return [
    shape('M120 128h160l-16 166q-2 20 -22 20h-84q-20 0 -22 -20z', CLAY.base),
    shape('M230 128h50l-16 166q-2 20 -22 20h-26q14 -80 14 -186z', CLAY.dark),
    shape('M120 128h160l-9 92q-20 14 -42 2t-44 4t-34 2t-22 -8z', t.base),
    shape('M120 128h34l6 100q-18 0 -31 -8z', t.light),
    shape('M232 128h48l-9 92q-20 12 -42 2q4 -40 3 -94z', t.dark),
    ellipse(200, 128, 80, 16, t.deep),
    ellipse(200, 131, 70, 11, t.dark),
    line('M140 156l5 48', t.pale, 7),
  ].join('');
}

export function espressoCups(t: Tones): Svg {
  const cup = (x: number, y: number, tones: Tones) =>
    [
      ellipse(x, y + 78, 92, 16, tones.deep),
      ellipse(x, y + 73, 92, 16, tones.pale),
      ellipse(x, y + 72, 60, 9, tones.light),
      line(`M${x + 52} ${y + 22}q34 -4 32 18t-40 22`, tones.base, 11),
      shape(`M${x - 58} ${y}h116q-2 76 -40 76h-36q-38 0 -40 -76z`, tones.base),
      shape(`M${x - 58} ${y}h30q2 54 24 76h-14q-38 0 -40 -76z`, tones.light),
      ellipse(x, y, 58, 12, tones.deep),
      ellipse(x, y + 2, 50, 8, COFFEE),
      line(`M${x - 34} ${y + 2}q20 6 44 3`, '#b98550', 4),
    ].join('');
  return steam(138, 140) + cup(150, 158, t) + cup(236, 234, tonesOf('chalk'));
}

export function doubleWallGlass(): Svg {
  return [
    group(
      { opacity: 0.55 },
      shape('M128 112h144q18 120 -22 196q-4 8 -14 8h-72q-10 0 -14 -8q-40 -76 -22 -196z', '#ffffff'),
    ),
    shape('M142 148h116q8 66 -18 124q-6 16 -22 16h-36q-16 0 -22 -16q-26 -58 -18 -124z', COFFEE),
    shape('M140 124h120v28q-60 16 -120 0z', '#ead3b0'),
    shape('M140 150q60 16 120 0q2 20 0 34q-60 22 -120 -8q-1 -12 0 -26z', '#9a6a44'),
    ellipse(200, 124, 60, 11, '#f6e9d3'),
    group(
      { opacity: 0.7 },
      line('M136 140q-8 80 16 136', '#ffffff', 7),
      line('M128 112q-18 120 22 196q4 8 14 8h72q10 0 14 -8q40 -76 22 -196', '#c9d8dc', 4),
    ),
    group({ opacity: 0.6 }, line('M128 112a72 13 0 0 0 144 0a72 13 0 0 0 -144 0', '#ffffff', 4)),
  ].join('');
}

export function dripper(t: Tones): Svg {
  return [
    group(
      { opacity: 0.5 },
      shape(
        'M150 196h100q10 20 38 50q26 34 0 60q-8 10 -22 10h-132q-14 0 -22 -10q-26 -26 0 -60q28 -30 38 -50z',
        '#ffffff',
      ),
    ),
    shape('M110 262q90 18 180 0q12 24 -2 44q-8 10 -22 10h-132q-14 0 -22 -10q-14 -20 -2 -44z', COFFEE),
    ellipse(200, 264, 90, 10, '#6b4230'),
    line('M286 240q36 4 30 34t-34 22', STEEL.pale, 9),
    rect(132, 186, 136, 14, OAK.base, 7),
    shape('M104 96h192l-64 92h-64z', t.base),
    shape('M104 96h50l36 92h-22z', t.light),
    shape('M262 96h34l-64 92h-16z', t.dark),
    line('M140 106l40 74M176 106l16 76M224 106l-14 76', t.dark, 4),
    ellipse(200, 96, 96, 15, t.deep),
    ellipse(200, 96, 86, 11, '#fbf6ec'),
    ellipse(200, 100, 66, 7, COFFEE),
    line('M200 202v26', '#6b4230', 5),
  ].join('');
}

export function grinder(t: Tones): Svg {
  return [
    line('M200 96h96', STEEL.dark, 10),
    line('M200 93h96', STEEL.light, 5),
    rect(284, 58, 24, 40, t.base, 11),
    rect(284, 58, 10, 40, t.light, 5),
    rect(190, 90, 20, 26, STEEL.dark, 4),
    shape('M150 114h100q12 0 12 20h-124q0 -20 12 -20z', STEEL.light),
    rect(138, 132, 124, 60, STEEL.base, 4),
    rect(138, 132, 32, 60, STEEL.pale, 4),
    rect(232, 132, 30, 60, STEEL.dark, 4),
    rect(134, 190, 132, 98, t.base, 6),
    rect(134, 190, 34, 98, t.light, 6),
    rect(236, 190, 30, 98, t.dark, 6),
    line('M180 204v70M200 198v82M220 206v66', t.dark, 3),
    rect(138, 286, 124, 32, STEEL.base, 8),
    rect(138, 286, 32, 32, STEEL.pale, 8),
    line('M138 192h124', STEEL.deep, 3),
  ].join('');
}

export function teapot(t: Tones): Svg {
  const dots = [0, 1, 2].flatMap((row) =>
    Array.from({ length: 8 }, (_, column) => circle(128 + column * 20 + (row % 2) * 10, 226 + row * 22, 4, t.light)),
  );
  return [
    line('M122 172q10 -98 80 -98t80 98', t.deep, 12),
    shape('M276 226q40 -4 52 -50l22 4q-6 70 -64 92z', t.dark),
    ellipse(200, 242, 112, 72, t.base),
    shape('M92 226q14 -56 76 -66q-50 50 -30 140q-56 -22 -46 -74z', t.light),
    ...dots,
    ellipse(200, 176, 64, 15, t.deep),
    shape('M142 174q8 -28 58 -30q50 2 58 30z', t.base),
    circle(200, 138, 12, t.dark),
    circle(197, 135, 4, t.light),
    rect(150, 306, 100, 12, t.deep, 6),
  ].join('');
}

export function coffeeMaker(t: Tones): Svg {
  const black = tonesOf('charcoal');
  return [
    steam(190, 66),
    line('M276 128q56 0 52 44t-36 42', black.base, 16),
    shape('M136 112l-26 10l24 20z', t.dark),
    shape('M132 108h136l14 96h-164z', t.base),
    shape('M132 108h36l-12 96h-38z', t.pale),
    shape('M234 108h34l14 96h-38z', t.dark),
    shape('M140 108q10 -22 60 -24q50 2 60 24z', t.light),
    rect(190, 68, 20, 18, black.base, 6),
    rect(114, 202, 172, 20, t.deep, 6),
    shape('M124 222h152l12 92h-176z', t.base),
    shape('M124 222h38l-8 92h-42z', t.pale),
    shape('M240 222h36l12 92h-38z', t.dark),
    circle(258, 254, 7, tonesOf('brass').base),
    line('M178 116l-6 82M222 116l6 82', t.light, 3),
  ].join('');
}

export function coffeeBag(t: Tones): Svg {
  const bean = (x: number, y: number, turn: number) =>
    group(
      { transform: `rotate(${turn} ${x} ${y})` },
      ellipse(x, y, 17, 12, COFFEE),
      line(`M${x - 13} ${y}q13 -7 26 0`, '#8a5a3c', 3),
    );
  return [
    shape('M118 116l14 -22h136l14 22v184q0 14 -14 16h-136q-14 -2 -14 -16z', t.base),
    shape('M118 116h34v200h-20q-14 -2 -14 -16z', t.light),
    shape('M252 116h30v184q0 14 -14 16h-16z', t.dark),
    rect(126, 84, 148, 24, t.deep, 4),
    rect(112, 96, 176, 7, '#e8dcc3', 3),
    rect(146, 158, 108, 110, '#f5ecdc', 6),
    line('M164 182h72M176 198h48', t.base, 5),
    bean(186, 230, -30),
    bean(214, 236, 25),
    bean(108, 322, 15),
    bean(292, 326, -20),
    bean(270, 312, 40),
  ].join('');
}
