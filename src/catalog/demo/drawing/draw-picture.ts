import { backdrop, groundShadow, type Scene } from './backdrop.js';
import * as carry from './carry-sleep.js';
import { tonesOf, type Colour, type Tones } from './colours.js';
import * as cookware from './cookware.js';
import * as cups from './cups.js';
import * as knives from './knives.js';
import * as outdoor from './outdoor.js';
import { element, escapeXml, type Svg } from './svg.js';
import * as textiles from './textiles.js';

/** How to draw a kind of thing, where it is shown, and how wide it stands on the ground (0: it does not). */
interface Kind {
  readonly scene: Scene;
  readonly shadow: number;
  readonly draw: (tones: Tones) => Svg;
}

const kind = (scene: Scene, shadow: number, draw: (tones: Tones) => Svg): Kind => ({ scene, shadow, draw });

const KINDS = {
  skillet: kind('wall', 0, cookware.skillet),
  casserole: kind('table', 250, cookware.casserole),
  wok: kind('table', 200, cookware.wok),
  'milk-pan': kind('table', 210, cookware.milkPan),
  spoons: kind('wall', 0, cookware.spoons),
  'fire-bowl': kind('hills', 180, cookware.fireBowl),
  'chefs-knife': kind('wall', 0, knives.chefsKnife),
  'paring-knife': kind('wall', 0, knives.paringKnife),
  'bread-knife': kind('wall', 0, knives.breadKnife),
  board: kind('table', 220, knives.board),
  mug: kind('table', 190, cups.mug),
  tumbler: kind('table', 160, cups.tumbler),
  'espresso-cups': kind('table', 230, cups.espressoCups),
  glass: kind('table', 120, cups.doubleWallGlass),
  dripper: kind('table', 210, cups.dripper),
  grinder: kind('table', 160, cups.grinder),
  teapot: kind('table', 220, cups.teapot),
  'coffee-maker': kind('table', 210, cups.coffeeMaker),
  'coffee-bag': kind('table', 200, cups.coffeeBag),
  stove: kind('hills', 180, outdoor.stove),
  'camp-pot': kind('hills', 210, outdoor.campPot),
  bottle: kind('hills', 150, outdoor.bottle),
  lantern: kind('hills', 200, outdoor.lantern),
  'head-torch': kind('wall', 0, outdoor.headTorch),
  'fire-steel': kind('wall', 0, outdoor.fireSteel),
  hatchet: kind('wall', 0, outdoor.hatchet),
  backpack: kind('hills', 220, carry.backpack),
  tote: kind('table', 230, carry.tote),
  'dry-bag': kind('hills', 190, carry.dryBag),
  tent: kind('hills', 320, carry.tent),
  'sleeping-bag': kind('hills', 110, carry.sleepingBag),
  blanket: kind('table', 270, carry.blanket),
  hammock: kind('hills', 0, carry.hammock),
  towel: kind('wall', 0, textiles.towel),
  apron: kind('wall', 0, textiles.apron),
  'base-layer': kind('wall', 0, textiles.baseLayer),
  jumper: kind('wall', 0, textiles.jumper),
  jacket: kind('wall', 0, textiles.jacket),
  socks: kind('wall', 0, textiles.socks),
  beanie: kind('wall', 0, textiles.beanie),
  'gift-card': kind('wall', 0, textiles.giftCard),
} as const satisfies Readonly<Record<string, Kind>>;

export type PictureKind = keyof typeof KINDS;

export interface Picture {
  /** Decides on the ground that the thing is shown on. */
  readonly seed: string;
  readonly kind: PictureKind;
  readonly colour: Colour;
  readonly title: string;
}

/** A picture as an SVG document of a few kilobytes, without script, style or link: always the same for the same input. */
export function drawPicture({ seed, kind: name, colour, title }: Picture): Svg {
  const { scene, shadow, draw } = KINDS[name];
  const content = [
    `<title>${escapeXml(title)}</title>`,
    backdrop(scene, seed),
    shadow > 0 ? groundShadow(shadow) : '',
    draw(tonesOf(colour)),
  ];
  const attributes = {
    xmlns: 'http://www.w3.org/2000/svg',
    viewBox: '0 0 400 400',
    width: 800,
    height: 800,
    role: 'img',
  };
  return element('svg', attributes, content.join(''));
}
