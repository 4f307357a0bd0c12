import { mix, SHADOW } from './colours.js';
import { circle, ellipse, rect, shape, type Svg } from './svg.js';

/** Where a thing is shown. */
export type Scene = 'table' | 'hills' | 'wall';

const TINTS = ['#f3e6d8', '#e4ecea', '#ece6f0', '#f5ead0', '#e3e9f1', '#f1e3e0'];
const WHITE = '#ffffff';

/** A quiet ground, different for each seed: its tint, and where the round shape on it stands. */
export function backdrop(scene: Scene, seed: string): Svg {
  const number = hash(seed);
  const tint = TINTS[number % TINTS.length] ?? WHITE;
  const strong = mix(tint, SHADOW, 0.07);
  const side = number % 2 === 0 ? 1 : -1;
  return rect(0, 0, 400, 400, tint) + SCENES[scene](strong, tint, side, (number >>> 3) % 40);
}

/** What lies under a thing that stands with its foot at `y`. */
export function groundShadow(width: number, y = 318): Svg {
  return `<g opacity=".13">${ellipse(200, y, width / 2, 11, SHADOW)}</g>`;
}

const SCENES: Readonly<Record<Scene, (strong: string, tint: string, side: number, shift: number) => Svg>> = {
  table: (strong, tint, side, shift) =>
    shape(arch(200 + side * (20 + shift)), mix(tint, WHITE, 0.45)) + rect(0, 300, 400, 100, strong),
  hills: (strong, tint, side, shift) =>
    circle(200 + side * (95 + shift), 105, 42, mix(tint, '#f2b35e', 0.55)) +
    shape(hill(200 - side * 120, 205 + shift / 2, 300), strong) +
    shape(hill(200 + side * 110, 245, 330), mix(tint, SHADOW, 0.13)) +
    rect(0, 300, 400, 100, mix(tint, '#6f8258', 0.3)),
  wall: (strong, tint, side, shift) =>
    circle(200 + side * shift, 195, 150, mix(tint, WHITE, 0.5)) + rect(0, 330, 400, 70, strong),
};

function arch(x: number): string {
  return `M${x - 120} 300V180a120 120 0 0 1 240 0V300z`;
}

function hill(x: number, top: number, width: number): string {
  const half = width / 2;
  return `M${x - half} 310C${x - half / 2} 310 ${x - half / 2.5} ${top} ${x} ${top}S${x + half / 2} 310 ${x + half} 310z`;
}

/** FNV-1a, 32 bits: the same number for the same text on every machine. */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const sign of text) value = Math.imul(value ^ (sign.codePointAt(0) ?? 0), 0x01000193) >>> 0;
  return value >>> 8;
}
