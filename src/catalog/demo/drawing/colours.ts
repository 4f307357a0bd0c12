/** The colours that things of the demonstration shop come in, and what else they are made of. */
const BASE = {
  berry: '#8c3b55',
  brass: '#c9a046',
  chalk: '#efe8da',
  charcoal: '#43474c',
  copper: '#c47a4c',
  ember: '#d9642f',
  glacier: '#9dc2cd',
  harbour: '#35607a',
  iron: '#3a3f45',
  moss: '#6f8258',
  mustard: '#d7a233',
  night: '#2a3a57',
  oak: '#c89b64',
  oat: '#e0d0b2',
  pine: '#2f5345',
  rust: '#b6552f',
  sand: '#d6be98',
  slate: '#66737b',
  steel: '#b4bec4',
  walnut: '#76503a',
} as const;

export type Colour = keyof typeof BASE;

/** A colour in five steps, as light falls on it. */
export interface Tones {
  readonly pale: string;
  readonly light: string;
  readonly base: string;
  readonly dark: string;
  readonly deep: string;
}

const WHITE = '#ffffff';
/** Shadows are blue rather than black. */
export const SHADOW = '#1d2638';

export function isColour(name: string): name is Colour {
  return Object.hasOwn(BASE, name);
}

export function tonesOf(colour: Colour): Tones {
  const base = BASE[colour];
  return {
    pale: mix(base, WHITE, 0.5),
    light: mix(base, WHITE, 0.22),
    base,
    dark: mix(base, SHADOW, 0.2),
    deep: mix(base, SHADOW, 0.45),
  };
}

/** `share` of the second colour in the first, both as #rrggbb. */
export function mix(first: string, second: string, share: number): string {
  const channels = [1, 3, 5].map((at) => {
    const [a, b] = [first, second].map((colour) => Number.parseInt(colour.slice(at, at + 2), 16));
    return Math.round((a ?? 0) * (1 - share) + (b ?? 0) * share);
  });
  return `#${channels.map((value) => value.toString(16).padStart(2, '0')).join('')}`;
}
