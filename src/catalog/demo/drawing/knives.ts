import { tonesOf, type Tones } from './colours.js';
import { circle, ellipse, group, line, rect, shape, type Svg } from './svg.js';

const STEEL = tonesOf('steel');
const BRASS = tonesOf('brass');

/** On its edge from the lower left to the upper right, the handle below. */
function knife(blade: Svg, t: Tones, handle: number): Svg {
  return group(
    { transform: 'rotate(-38 200 200)' },
    blade,
    rect(152 - handle, 190, handle, 32, t.base, 9),
    rect(152 - handle, 190, handle, 12, t.light, 6),
    rect(146, 188, 14, 36, BRASS.base, 3),
    ...[0.28, 0.62].map((at) => circle(152 - handle * at, 206, 4.5, BRASS.pale)),
  );
}

export function chefsKnife(t: Tones): Svg {
  const blade =
    shape('M158 184q120 -6 218 34q-90 34 -218 34z', STEEL.base) +
    shape('M158 184q120 -6 218 34q-110 -16 -218 -14z', STEEL.pale) +
    line('M166 246q110 -2 190 -26', '#ffffff', 3);
  return knife(blade, t, 118);
}

export function paringKnife(t: Tones): Svg {
  const blade =
    shape('M158 190q80 -4 140 26q-60 14 -140 12z', STEEL.base) +
    shape('M158 190q80 -4 140 26q-70 -10 -140 -10z', STEEL.pale) +
    line('M166 223q66 0 112 -8', '#ffffff', 3);
  return knife(blade, t, 104) + lemon(290, 292);
}

export function breadKnife(t: Tones): Svg {
  const scallops = Array.from({ length: 11 }, () => 'q9 12 18 0').join('');
  const blade =
    shape(`M158 188h196q16 10 10 32h-6${scallops.replaceAll('18 0', '-18 0').replaceAll('q9', 'q-9')}z`, STEEL.base) +
    shape('M158 188h196q8 5 10 14h-206z', STEEL.pale);
  return knife(blade, t, 112);
}

export function board(t: Tones): Svg {
  const grain = [0, 1, 2, 3, 4, 5].map((row) =>
    [0, 1, 2].map((column) => {
      const tone = [t.base, t.light, t.dark][(row * 2 + column * 5 + ((row * column) % 2)) % 3] ?? t.base;
      return rect(112 + column * 60, 128 + row * 29, 58, 27, tone, 2);
    }),
  );
  return [
    rect(170, 74, 60, 70, t.base, 26),
    circle(200, 98, 12, '#f3e6d8'),
    rect(98, 120, 204, 196, t.dark, 18),
    rect(102, 120, 196, 190, t.base, 16),
    ...grain.flat(),
    lemon(252, 268),
  ].join('');
}

function lemon(x: number, y: number): Svg {
  const wedges = [0, 45, 90, 135].map((turn) =>
    group({ transform: `rotate(${turn} ${x} ${y})` }, line(`M${x - 22} ${y}h44`, '#fdf6d8', 3)),
  );
  return [
    circle(x, y, 36, '#e5b52e'),
    circle(x, y, 31, '#fdf6d8'),
    circle(x, y, 27, '#f3cf55'),
    ...wedges,
    ellipse(x, y, 4, 4, '#fdf6d8'),
  ].join('');
}
