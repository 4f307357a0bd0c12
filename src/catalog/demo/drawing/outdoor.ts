import { tonesOf, type Tones } from './colours.js';
import { circle, group, line, rect, shape, type Svg } from './svg.js';

const STEEL = tonesOf('steel');
const LEATHER = tonesOf('walnut');
const FLAME = { outer: '#e8742c', inner: '#f9c74f' };

export function stove(t: Tones): Svg {
  const can = tonesOf('harbour');
  return [
    ...[150, 182, 218, 250].map((x) => shape(`M${x - 11} 158q-4 -22 11 -40q15 18 11 40z`, '#6fb1d6')),
    ...[150, 182, 218, 250].map((x) => shape(`M${x - 5} 158q-2 -12 5 -22q7 10 5 22z`, '#dff1fa')),
    line('M200 196l-84 -50M200 196l84 -50M200 196v-44', t.deep, 9),
    line('M116 146l-12 8M284 146l12 8', t.deep, 9),
    rect(142, 156, 116, 18, t.base, 8),
    rect(142, 156, 116, 7, t.pale, 4),
    rect(186, 172, 28, 44, t.dark, 5),
    line('M214 200h56', t.dark, 7),
    circle(274, 200, 11, '#d9642f'),
    shape('M122 246q0 -30 38 -32h80q38 2 38 32v52q0 18 -20 18h-116q-20 0 -20 -18z', can.base),
    shape('M122 246q0 -26 28 -31v101h-8q-20 0 -20 -18z', can.light),
    shape('M278 246q0 -26 -28 -31v101h8q20 0 20 -18z', can.dark),
    rect(122, 262, 156, 24, '#f3e6d8'),
    shape('M190 284q-10 -14 8 -30q-2 10 6 14t4 16z', FLAME.outer),
  ].join('');
}

export function campPot(t: Tones): Svg {
  return [
    line('M102 172q2 -96 98 -98t98 98', t.deep, 7),
    shape('M104 168h192v120q0 28 -28 28h-136q-28 0 -28 -28z', t.base),
    shape('M104 168h42v148h-14q-28 0 -28 -28z', t.pale),
    shape('M258 168h38v120q0 28 -28 28h-18q8 -60 8 -148z', t.dark),
    line('M196 214h32M196 238h20M196 262h32M196 286h20', t.deep, 3),
    circle(104, 178, 8, t.deep),
    circle(296, 178, 8, t.deep),
    rect(94, 152, 212, 18, t.dark, 9),
    shape('M104 152q12 -26 96 -26t96 26z', t.light),
    rect(184, 108, 32, 20, LEATHER.base, 8),
  ].join('');
}

export function bottle(t: Tones): Svg {
  return [
    line('M172 74q0 -30 28 -30t28 30', STEEL.deep, 9),
    rect(160, 66, 80, 44, STEEL.base, 8),
    rect(160, 66, 24, 44, STEEL.pale, 8),
    rect(216, 66, 24, 44, STEEL.dark, 8),
    rect(166, 106, 68, 14, STEEL.deep),
    shape('M134 160q0 -40 36 -44h60q36 4 36 44v132q0 24 -24 24h-84q-24 0 -24 -24z', t.base),
    shape('M134 160q0 -32 24 -42v198q-24 0 -24 -24z', t.light),
    shape('M266 160q0 -32 -30 -43v199h6q24 0 24 -24z', t.dark),
    rect(134, 288, 132, 10, t.deep),
    line('M148 168v86', t.pale, 6),
    shape('M176 240l24 -44l16 26l8 -12l18 30z', t.pale),
  ].join('');
}

export function lantern(t: Tones): Svg {
  return [
    line('M116 196q-6 -132 84 -136q90 4 84 136', STEEL.deep, 6),
    line('M126 282v-132q0 -24 34 -34M274 282v-132q0 -24 -34 -34', t.dark, 12),
    shape('M160 86h80l12 32h-104z', t.base),
    shape('M160 86h26l-8 32h-30z', t.light),
    rect(180, 70, 40, 18, t.deep, 6),
    shape('M156 122h88q26 48 0 108h-88q-26 -60 0 -108z', '#fbe9bd'),
    shape('M200 146q34 40 12 70q-12 12 -24 0q-22 -30 12 -70z', FLAME.outer),
    shape('M200 176q16 22 6 38q-6 6 -12 0q-10 -16 6 -38z', FLAME.inner),
    line('M150 140q-14 40 4 80', '#ffffff', 6),
    line('M148 176h104M200 122v108', STEEL.deep, 3),
    rect(144, 228, 112, 22, t.dark, 6),
    shape('M112 274q0 -24 30 -26h116q30 2 30 26v26q0 16 -18 16h-140q-18 0 -18 -16z', t.base),
    shape('M112 274q0 -22 26 -26v68h-8q-18 0 -18 -16z', t.light),
    circle(286, 270, 10, STEEL.base),
  ].join('');
}

export function headTorch(t: Tones): Svg {
  return [
    group({ opacity: 0.55 }, shape('M196 216L20 130v190z', '#fff3c4')),
    line('M214 148q104 -54 138 18q24 74 -92 104', t.deep, 26),
    line('M214 146q104 -54 138 18q24 74 -92 104', t.base, 20),
    line('M232 142q84 -30 108 22', t.light, 5),
    line('M222 262q60 30 112 -34', t.dark, 22),
    rect(178, 150, 84, 124, tonesOf('charcoal').base, 26),
    rect(178, 150, 30, 124, tonesOf('charcoal').light, 24),
    circle(196, 212, 40, tonesOf('charcoal').deep),
    circle(193, 212, 32, '#fffbe6'),
    circle(193, 212, 18, '#ffe48a'),
    rect(216, 138, 26, 14, t.base, 5),
  ].join('');
}

export function fireSteel(t: Tones): Svg {
  const sparks = [
    [262, 78],
    [290, 104],
    [318, 84],
    [300, 58],
    [332, 116],
    [276, 128],
    [340, 62],
  ];
  return [
    line('M96 306q-56 -10 -44 -60t60 -36', '#d9642f', 7),
    group(
      { transform: 'rotate(-42 180 230)' },
      rect(60, 210, 116, 40, t.base, 18),
      rect(60, 210, 116, 15, t.light, 8),
      circle(80, 230, 8, t.deep),
      rect(172, 218, 136, 24, tonesOf('iron').base, 8),
      rect(172, 218, 136, 9, tonesOf('iron').light, 5),
    ),
    group(
      { transform: 'rotate(22 250 190)' },
      rect(196, 178, 132, 34, STEEL.base, 6),
      rect(196, 178, 132, 12, STEEL.pale, 6),
      circle(312, 195, 7, STEEL.deep),
    ),
    ...sparks.map(([x = 0, y = 0], index) => circle(x, y, 3 + (index % 3) * 2, index % 2 ? FLAME.inner : FLAME.outer)),
    line('M256 108l12 -22M276 112l26 -24M288 130l30 -8', FLAME.inner, 4),
  ].join('');
}

export function hatchet(t: Tones): Svg {
  return group(
    { transform: 'rotate(32 200 200)' },
    shape('M186 70h32q-4 110 2 200q4 40 14 60q-30 22 -56 6q8 -40 8 -110q0 -90 0 -156z', t.base),
    shape('M186 70h13q-2 130 -2 200q-2 50 -10 72q-6 -2 -9 -6q8 -40 8 -110z', t.light),
    line('M206 160q0 80 8 130', t.dark, 3),
    shape('M172 84h66q4 26 0 56l-62 2q-50 10 -76 36q-18 -60 2 -122q24 26 70 28z', STEEL.dark),
    shape('M102 56q24 26 70 28l4 58q-50 10 -76 36q20 -60 2 -122z', STEEL.base),
    shape('M102 56q-20 62 -2 122q8 -8 12 -11q-12 -50 2 -102q-6 -4 -12 -9z', STEEL.pale),
    rect(182, 64, 38, 12, t.deep, 4),
  );
}
