import { closedCurve, type Hull, hull, mirrored, openCurve, type XY, xy } from '../drawing/curves.js';
import { bothSides, drawLimbs, feelers, type Limb, limbShadows, places, stepping } from '../drawing/limbs.js';
import { type Drawing, formOf } from '../drawing/posed.js';
import { type Coat, dome, dots, eye, fill, inside, line, scattered, shine } from '../drawing/skin.js';
import type { Figure } from '../figure.js';
import type { Point } from '../geometry.js';
import type { Species } from '../species.js';

interface BeetleColours {
  readonly cases: Coat;
  readonly shield: Coat;
  readonly head: Coat;
  readonly leg: string;
  readonly foot: string;
  /** Bands along the wing cases, as the potato beetle has; the shield is then spotted. */
  readonly bands?: string;
  /** 0 dull, 1 polished. */
  readonly gloss: number;
  /** A second colour in the light on metallic cases. */
  readonly sheen?: string;
}

const JET: Coat = { lit: '#6b7078', mid: '#23262c', dark: '#101216', rim: '#020203' };

/** Blue-black wing cases behind a red shield, as cereal leaf beetles have. */
const METALLIC_BEETLE: BeetleColours = {
  cases: { lit: '#6f9bdc', mid: '#274b92', dark: '#0d1a3e', rim: '#04070f' },
  shield: { lit: '#f79a50', mid: '#d25d22', dark: '#8f2a10', rim: '#3a0d04' },
  head: JET,
  leg: '#b0501c',
  foot: '#1a100a',
  gloss: 0.9,
  sheen: '#7fd6e8',
};

/** The same, darker. */
const DUSKY_BEETLE: BeetleColours = {
  ...METALLIC_BEETLE,
  cases: { lit: '#4f7ab8', mid: '#1a3468', dark: '#0a142e', rim: '#03050a' },
  shield: { lit: '#4a72b4', mid: '#182f60', dark: '#09122a', rim: '#03050a' },
  leg: '#1c2440',
  foot: '#0a0c16',
};

const RED_BEETLE: BeetleColours = {
  cases: { lit: '#ff7a52', mid: '#d92f1c', dark: '#96140e', rim: '#4a0604' },
  shield: { lit: '#ff7a52', mid: '#d12a1a', dark: '#8c120c', rim: '#4a0604' },
  head: JET,
  leg: '#1d1a1a',
  foot: '#0a0808',
  gloss: 1,
};

const STRIPED_BEETLE: BeetleColours = {
  cases: { lit: '#ffeaa0', mid: '#f0c552', dark: '#b98722', rim: '#5a3c0a' },
  shield: { lit: '#f8b860', mid: '#d98830', dark: '#9a5415', rim: '#4a2606' },
  head: { lit: '#f0a850', mid: '#c87a28', dark: '#8a4a12', rim: '#3a1c04' },
  leg: '#c07a2c',
  foot: '#2a1608',
  bands: '#17120e',
  gloss: 0.7,
};

const GREEN_BEETLE: BeetleColours = {
  cases: { lit: '#b8f07a', mid: '#2f9a3c', dark: '#0e5426', rim: '#032611' },
  shield: { lit: '#a8e86a', mid: '#2a9040', dark: '#0c4c26', rim: '#032611' },
  head: { lit: '#7ac860', mid: '#1f7034', dark: '#0a3a1c', rim: '#021a0c' },
  leg: '#2c7a38',
  foot: '#0e2a18',
  gloss: 1,
  sheen: '#ffd966',
};

const BLACK_BEETLE: BeetleColours = {
  cases: { lit: '#6d737d', mid: '#25282e', dark: '#121317', rim: '#020203' },
  shield: JET,
  head: JET,
  leg: '#2a2524',
  foot: '#100c0c',
  gloss: 0.95,
};

const BROWN_BEETLE: BeetleColours = {
  cases: { lit: '#d99a5a', mid: '#9a5a28', dark: '#5e3012', rim: '#2a1204' },
  shield: { lit: '#a86a3c', mid: '#6a3a1a', dark: '#3c1c0a', rim: '#1c0a02' },
  head: { lit: '#8a5430', mid: '#4c2814', dark: '#2a1408', rim: '#120602' },
  leg: '#7a4420',
  foot: '#3a1c0c',
  gloss: 0.7,
};

const CASES = hull(xy([17, 0, 16.5, 12, 14, 20.5, 6, 24.5, -10, 27.5, -26, 26.5, -39, 19.5, -46.5, 9, -48.5, 0]));

const SHIELD = hull(xy([36, 0, 35, 10, 30, 16.5, 20, 20, 14.5, 19, 13, 0]));

const HEAD = hull(xy([48, 0, 46, 6.5, 40, 10.5, 32, 10.5, 29, 0]));

const LEGS: readonly Limb[] = [
  xy([25, 13, 37, 26, 50, 33, 58, 40]),
  xy([6, 20, 6, 39, -1, 52, -6, 60]),
  xy([-12, 21, -25, 38, -44, 46, -56, 51]),
];

const WIDTHS = [6, 4.6, 3, 1.8];

/** A leaf beetle seen from above. */
function beetleDrawing(colours: BeetleColours): Drawing {
  return (light, gait, individual): Figure => {
    const legs = stepping(LEGS, gait, 6);
    const sway = Math.sin(2 * Math.PI * gait) * 2;
    const feeler: readonly XY[] = [
      [44, 6],
      [55, 14],
      [66, 19 + sway],
      [79, 28 + sway],
    ];
    const outline = [...CASES.rim, ...HEAD.rim, ...places(legs)];
    return {
      defs: '',
      body: [
        drawLimbs(legs, { upper: colours.leg, lower: colours.leg, foot: colours.foot, widths: WIDTHS }, light),
        feelers(feeler, '#17110d', 2.6),
        dots(beads(feeler), '#0e0a08', 3.6),
        dome('head', HEAD, colours.head, light),
        eye(40, 9, 3.4, 3.2, '#0a0707', light),
        eye(40, -9, 3.4, 3.2, '#0a0707', light),
        shine(41 + light.x * 3, light.y * 4, 6, 4, 0.4 * colours.gloss),
        dome('shield', SHIELD, colours.shield, light),
        dots(scattered(SHIELD, 40, 5, 15, 35), '#000', 1, 0.3),
        colours.bands ? shieldSpots() : '',
        shine(24 + light.x * 4, light.y * 9, 8, 5, 0.55 * colours.gloss),
        drawCases(CASES, colours, light, individual),
      ].join(''),
      silhouette: [CASES, SHIELD, HEAD].map(({ path }) => `<path d="${path}"/>`).join('') + limbShadows(legs, WIDTHS),
      outline,
      reach: [...outline, ...bothSides(feeler)],
    };
  };
}

/** Wing cases that meet in a straight seam, with rows of punctures, a window of sky and its reflection. */
function drawCases(cases: Hull, colours: BeetleColours, light: Point, seed: number): string {
  const rows = [0.18, 0.34, 0.5, 0.66, 0.82].flatMap((share) =>
    [1, -1].map((side) => openCurve([13, 2, -12, -26, -38].map((x): XY => [x, side * share * cases.halfAt(x)]))),
  );
  const punctures = `<path d="${rows.join('')}" fill="none" stroke="#000" stroke-opacity="0.4" stroke-width="1.1" stroke-dasharray="1 1.9" stroke-linecap="round"/>`;
  return [
    dome('cases', cases, colours.cases, light),
    inside(
      'pattern',
      cases,
      [
        colours.bands ? bandsOf(cases, colours.bands) : '',
        punctures,
        colours.sheen ? sheen(colours.sheen, light) : '',
        dots(scattered(cases, 40, seed + 3, 14, -46), '#fff', 0.7, 0.14),
      ].join(''),
    ),
    line('M16.5 0L-48 0', '#000', 1.4, 0.75),
    line(`M14 ${light.y < 0 ? -1 : 1}L-46 ${light.y < 0 ? -1 : 1}`, '#fff', 0.7, 0.3),
    fill(closedCurve(xy([17, -4, 9, 0, 17, 4])), '#000', 0.35),
    shine(-10 + light.x * 10, light.y * 13, 21, 8, 0.5 * colours.gloss),
    shine(-6 + light.x * 12, light.y * 14.5, 8, 3.2, 0.95 * colours.gloss),
    shine(-26 - light.x * 9, -light.y * 16, 12, 4, 0.22 * colours.gloss),
  ].join('');
}

function bandsOf(cases: Hull, colour: string): string {
  return [0.1, 0.3, 0.5, 0.7, 0.9]
    .flatMap((share) =>
      [1, -1].map((side) =>
        line(
          openCurve(
            [14, 4, -10, -26, -38, -45].map((x): XY => [x, side * share * cases.halfAt(x) * (share > 0.6 ? 1 : 1.02)]),
          ),
          colour,
          2.9,
        ),
      ),
    )
    .join('');
}

function shieldSpots(): string {
  const marks: readonly XY[] = xy([27, 3, 22, 5, 31, 8, 24, 12, 18, 14, 18, 7]);
  return dots([...marks, ...mirrored(marks)], '#1a120c', 3, 0.95);
}

function sheen(colour: string, light: Point): string {
  const side = light.y < 0 ? 1 : -1;
  const arc = openCurve([
    [10, side * 17],
    [-12, side * 21],
    [-34, side * 16],
  ]);
  return line(arc, colour, 7, 0.16) + line(arc, colour, 3.4, 0.22);
}

function beads(feeler: readonly XY[]): readonly XY[] {
  return feeler.slice(1).flatMap(([x, y], index): XY[] => {
    const [fromX, fromY] = feeler[index] as XY;
    return [0.35, 0.7, 1].flatMap((share): XY[] => [
      [fromX + (x - fromX) * share, fromY + (y - fromY) * share],
      [fromX + (x - fromX) * share, -(fromY + (y - fromY) * share)],
    ]);
  });
}

const LOOKS: readonly (readonly [id: string, colour: string, marking: string | undefined, BeetleColours])[] = [
  ['blue', 'blue', 'shiny', METALLIC_BEETLE],
  ['dark-blue', 'blue', undefined, DUSKY_BEETLE],
  ['red', 'red', 'shiny', RED_BEETLE],
  ['yellow-striped', 'yellow', 'striped', STRIPED_BEETLE],
  ['green', 'green', 'shiny', GREEN_BEETLE],
  ['black', 'black', 'shiny', BLACK_BEETLE],
  ['brown', 'brown', undefined, BROWN_BEETLE],
];

export const BEETLE: Species = {
  target: 'beetle',
  kind: 'beetle',
  forms: LOOKS.map(([id, colour, marking, colours]) =>
    formOf({
      id: `beetle-${id}`,
      colour,
      marking,
      stage: 'adult',
      posture: 'walking',
      lengthMm: { min: 4, max: 12 },
      lengthRange: { min: 90, max: 124 },
      thickness: 0.13,
      drawing: beetleDrawing(colours),
    }),
  ),
};
