import type { XY } from '../drawing/curves.js';
import { dots, GLOSS, hairs } from '../drawing/skin.js';
import { tinted } from '../drawing/tint.js';
import { ellipse, type Figure, n, smoothLine, stroke } from '../figure.js';
import { ellipseRim, type Point, rotate } from '../geometry.js';
import { lattice } from '../noise.js';
import type { Form, Species } from '../species.js';
import { spineOf } from './caterpillar-pose.js';

interface CaterpillarColours {
  readonly back: string;
  readonly lit: string;
  readonly side: string;
  readonly dark: string;
  /** The line along each flank. */
  readonly stripe: string;
  readonly head: string;
  /** Long tufts in this colour instead of a few bristles. */
  readonly fur?: string;
  /** Dark lines along the back. */
  readonly lines?: string;
}

/** Grey-brown with pale lines, as armyworms and cutworms are. */
const BROWN_CATERPILLAR: CaterpillarColours = {
  back: '#9c7b58',
  lit: '#d9bf98',
  side: '#5d4330',
  dark: '#2a1b12',
  stripe: '#ead9b4',
  head: '#5a2e17',
};

const GREY_CATERPILLAR: CaterpillarColours = {
  ...BROWN_CATERPILLAR,
  back: '#8a8478',
  lit: '#c9c4b4',
  side: '#4a463e',
  dark: '#22201c',
};

const GREEN_CATERPILLAR: CaterpillarColours = {
  back: '#8cc450',
  lit: '#d8f4a0',
  side: '#4c8a2c',
  dark: '#22501a',
  stripe: '#f4f7c8',
  head: '#6a8a34',
};

const STRIPED_CATERPILLAR: CaterpillarColours = { ...BROWN_CATERPILLAR, lines: '#1d120b', stripe: '#f4dca0' };

const HAIRY_CATERPILLAR: CaterpillarColours = {
  back: '#34302e',
  lit: '#77706a',
  side: '#1e1b1a',
  dark: '#080706',
  stripe: '#8a4a24',
  head: '#1c1614',
  fur: '#15110f',
};

const HAIRY_BROWN_CATERPILLAR: CaterpillarColours = {
  ...BROWN_CATERPILLAR,
  back: '#8a5a30',
  side: '#4a2c16',
  fur: '#a8662c',
};

const YELLOW_CATERPILLAR: CaterpillarColours = {
  back: '#e8cf5a',
  lit: '#fff6b4',
  side: '#a88a24',
  dark: '#4a380c',
  stripe: '#2a2410',
  head: '#2e2412',
};

const SEGMENTS = 13;

/**
 * A caterpillar that lies along the way it came: head first, thirteen segments, the wave of its walk running through.
 * @param spine places from head to tail, relative to the middle, in field units.
 * @param waist width of the body in field units.
 * @param gait waves that have run through the body.
 */
function drawCaterpillar(
  spine: readonly Point[],
  waist: number,
  gait: number,
  colours: CaterpillarColours,
  individual = 0,
): Figure {
  const light = { x: -0.6, y: -0.8 };
  const along = (share: number): { readonly at: Point; readonly side: Point } => {
    const place = Math.min(0.9999, Math.max(0, share)) * (spine.length - 1);
    const index = Math.floor(place);
    const [from, to] = [spine[index] as Point, spine[index + 1] as Point];
    const run = Math.hypot(to.x - from.x, to.y - from.y) || 1;
    const local = place - index;
    return {
      at: { x: from.x + (to.x - from.x) * local, y: from.y + (to.y - from.y) * local },
      side: { x: -(to.y - from.y) / run, y: (to.x - from.x) / run },
    };
  };
  const halfWidth = (share: number) => {
    const taper = Math.min(1, 0.62 + share * 4) * Math.min(1, 0.42 + (1 - share) * 3.2);
    const swell = 1 + 0.05 * Math.sin(2 * Math.PI * (share * SEGMENTS - 0.25));
    const wave = 1 + 0.06 * Math.sin(2 * Math.PI * (share * 1.6 + gait));
    return (waist / 2) * taper * swell * wave;
  };
  const offset = (share: number, sideways: number): Point => {
    const { at, side } = along(share);
    const half = halfWidth(share);
    return { x: at.x + side.x * half * sideways, y: at.y + side.y * half * sideways };
  };
  const place = (share: number, sideways: number): XY => {
    const { x, y } = offset(share, sideways);
    return [x, y];
  };
  const shares = Array.from({ length: 53 }, (_, index) => index / 52);
  const lineAt = (sideways: number, inset = 0) =>
    smoothLine(shares.filter((share) => share >= inset && share <= 1 - inset).map((share) => offset(share, sideways)));
  const rim = [...shares.map((share) => offset(share, 1)), ...shares.toReversed().map((share) => offset(share, -1))];
  const hull = `${smoothLine(rim)}Z`;
  // Which flank faces the light can change along a bent body, so every slice finds its own.
  const litSide = (share: number) => {
    const { side } = along(share);
    return Math.max(-1, Math.min(1, (side.x * light.x + side.y * light.y) * 1.3));
  };
  const ridge = (depth: number) =>
    smoothLine(shares.filter((s) => s > 0.03 && s < 0.97).map((s) => offset(s, litSide(s) * depth)));
  const arcs = (lean: number) =>
    Array.from({ length: SEGMENTS - 1 }, (_, index) => {
      const share = (index + 1) / SEGMENTS + lean;
      return smoothLine(
        [-0.97, -0.6, 0, 0.6, 0.97].map((sideways) => offset(share + (1 - sideways ** 2) * 0.012, sideways)),
      );
    }).join('');
  const warts = Array.from({ length: SEGMENTS }, (_, index) => (index + 0.55) / SEGMENTS);
  const marks = warts.flatMap((share): XY[] => [-0.62, -0.22, 0.22, 0.62].map((sideways) => place(share, sideways)));
  const shines = warts.map((share) => {
    const { x, y } = offset(share, litSide(share) * 0.42);
    return ellipse(x, y, waist * 0.13, waist * 0.1, 'url(#gloss)', colours.fur ? 0.3 : 0.6);
  });
  const feet = [0.1, 0.16, 0.22, 0.46, 0.54, 0.62, 0.7, 0.95].flatMap((share, index) =>
    [-1, 1].map((side) => {
      const step = 0.08 * Math.sin(2 * Math.PI * (gait + share * 1.6));
      const { x, y } = offset(share, side * (0.98 + step));
      const size = waist * (index < 3 ? 0.07 : 0.1);
      return ellipse(x, y, size, size, index < 3 ? colours.head : colours.side);
    }),
  );
  const skull = along(0).at;
  const facing = along(0.05).at;
  const run = Math.hypot(skull.x - facing.x, skull.y - facing.y) || 1;
  const nose = { x: (skull.x - facing.x) / run, y: (skull.y - facing.y) / run };
  const headRadius = waist * 0.31;
  const head = { x: skull.x + nose.x * headRadius * 0.45, y: skull.y + nose.y * headRadius * 0.45 };
  const across = { x: -nose.y, y: nose.x };
  const eyelets = [-1, 1].map(
    (side): XY => [
      head.x + nose.x * headRadius * 0.55 + across.x * side * headRadius * 0.6,
      head.y + nose.y * headRadius * 0.55 + across.y * side * headRadius * 0.6,
    ],
  );
  const coat = colours.fur
    ? fur(place, individual, colours.fur, colours.lit, waist)
    : { under: '', over: '', reach: 1.06 };
  const body = [
    colours.fur ? coat.under : bristles(place, colours.lit, waist),
    ...feet,
    ellipse(head.x, head.y, headRadius, headRadius, 'url(#head)'),
    stroke(
      smoothLine([skull, { x: head.x + nose.x * headRadius * 0.8, y: head.y + nose.y * headRadius * 0.8 }]),
      '#000',
      waist * 0.03,
      0.5,
    ),
    dots(eyelets, '#0c0806', waist * 0.06),
    ellipse(
      head.x + light.x * headRadius * 0.4,
      head.y + light.y * headRadius * 0.4,
      headRadius * 0.35,
      headRadius * 0.3,
      'url(#gloss)',
      0.75,
    ),
    `<path d="${hull}" fill="${colours.side}" stroke="${colours.dark}" stroke-width="${n(waist * 0.035)}" stroke-opacity="0.8"/>`,
    `<clipPath id="hull"><path d="${hull}"/></clipPath><g clip-path="url(#hull)">`,
    `<g filter="url(#soft)">${stroke(ridge(-0.75), colours.dark, waist * 0.4, 0.55)}${stroke(ridge(0.12), colours.back, waist * 0.62)}${stroke(ridge(0.3), colours.lit, waist * 0.26, 0.6)}</g>`,
    stroke(lineAt(0), colours.dark, waist * 0.09, 0.35),
    ...[-1, 1].map(
      (side) =>
        stroke(lineAt(side * 0.4), colours.lines ?? colours.dark, waist * 0.1, colours.lines ? 0.85 : 0.22) +
        (colours.lines ? stroke(lineAt(side * 0.16), colours.lines, waist * 0.06, 0.7) : '') +
        stroke(lineAt(side * 0.72), colours.stripe, waist * 0.085, 0.75),
    ),
    stroke(arcs(0), colours.dark, waist * 0.05, 0.55),
    stroke(arcs(0.014), colours.lit, waist * 0.035, 0.3),
    dots(marks, colours.dark, waist * 0.06, 0.85),
    ...shines,
    '</g>',
    coat.over,
  ].join('');
  const defs = [
    `<filter id="soft" x="-20%" y="-20%" width="140%" height="140%"><feGaussianBlur stdDeviation="${n(waist * 0.09)}"/></filter>`,
    `<radialGradient id="head" cx="0.35" cy="0.3" r="0.8"><stop offset="0" stop-color="#e0a070"/><stop offset="0.45" stop-color="${colours.head}"/><stop offset="1" stop-color="#140804"/></radialGradient>`,
  ].join('');
  const outline = [...rim, ...ellipseRim(head.x, head.y, headRadius, headRadius)];
  const furred = colours.fur ? warts.flatMap((share) => [offset(share, coat.reach), offset(share, -coat.reach)]) : [];
  return {
    defs: GLOSS + tinted(defs, individual),
    body: tinted(body, individual),
    silhouette: `<path d="${hull}"/>${ellipse(head.x, head.y, headRadius, headRadius, '#000')}`,
    outline,
    reach: [...outline.map((point) => ({ x: point.x * 1.06, y: point.y * 1.06 })), ...furred],
  };
}

type Along = (share: number, sideways: number) => XY;

function bristles(place: Along, colour: string, waist: number): string {
  const strands = Array.from({ length: SEGMENTS * 2 }, (_, index) => (index + 0.5) / (SEGMENTS * 2)).flatMap((share) =>
    [-1, 1].map((side): readonly [XY, XY] => [place(share, side * 0.9), place(share + 0.012, side * 1.35)]),
  );
  return hairs(strands, colour, waist * 0.018, 0.5);
}

/** Tufts of long hairs from every wart, behind the body and over it. */
function fur(place: Along, seed: number, dark: string, lit: string, waist: number) {
  const reach = 2.3;
  const tufts = (sideways: number, far: number, salt: number) =>
    Array.from({ length: SEGMENTS }, (_, index) => (index + 0.55) / SEGMENTS).flatMap((share, segment) =>
      [-1, 1].flatMap((side) =>
        Array.from({ length: 7 }, (_, hair): readonly [XY, XY] => {
          const lean = (lattice(segment * 9 + hair, side, seed + salt) - 0.5) * 0.14;
          const length = far * (0.7 + 0.4 * lattice(segment * 9 + hair, side + 5, seed + salt));
          return [place(share, side * sideways), place(share + lean, side * length)];
        }),
      ),
    );
  return {
    under:
      hairs(tufts(0.8, reach, 1), dark, waist * 0.028, 0.85) +
      hairs(tufts(0.8, reach * 0.8, 2), lit, waist * 0.018, 0.4),
    over: hairs(tufts(0.25, 0.95, 3), dark, waist * 0.024, 0.75) + hairs(tufts(0.3, 1.2, 4), lit, waist * 0.016, 0.5),
    reach,
  };
}

interface Look {
  readonly id: string;
  readonly colour: string;
  readonly marking?: string;
  readonly colours: CaterpillarColours;
  /** Width of the body as a share of its length. */
  readonly girth: number;
}

const LOOKS: readonly Look[] = [
  { id: 'green', colour: 'green', colours: GREEN_CATERPILLAR, girth: 0.16 },
  { id: 'brown', colour: 'brown', marking: 'striped', colours: STRIPED_CATERPILLAR, girth: 0.18 },
  { id: 'black', colour: 'black', marking: 'hairy', colours: HAIRY_CATERPILLAR, girth: 0.15 },
  { id: 'grey', colour: 'grey', colours: GREY_CATERPILLAR, girth: 0.19 },
  { id: 'yellow', colour: 'yellow', marking: 'striped', colours: YELLOW_CATERPILLAR, girth: 0.17 },
  { id: 'brown-hairy', colour: 'brown', marking: 'hairy', colours: HAIRY_BROWN_CATERPILLAR, girth: 0.15 },
];

const FORMS: readonly Form[] = LOOKS.flatMap(({ id, colour, marking, colours, girth }) =>
  (['straight', 'arched', 'curled'] as const).map(
    (pose): Form => ({
      id: pose === 'straight' ? `caterpillar-${id}` : `caterpillar-${id}-${pose}`,
      colour,
      marking: pose === 'curled' ? 'curled' : marking,
      stage: 'larva',
      posture: pose === 'curled' ? 'resting' : 'walking',
      lengthMm: { min: 8, max: 38 },
      lengthRange: { min: 150, max: 215 },
      thickness: girth * 0.32,
      draw: (length, headingRad, gait, individual = 0) => {
        const build = individual === 0 ? 1 : 0.9 + 0.2 * lattice(individual, 3, 0xca7);
        const spine = spineOf(pose, pose === 'curled' ? 0 : gait).map((point) => {
          const { x, y } = rotate(point, headingRad);
          return { x: x * length, y: y * length };
        });
        return drawCaterpillar(spine, length * girth * build, gait, colours, individual);
      },
    }),
  ),
);

export const CATERPILLAR: Species = { target: 'caterpillar', kind: 'caterpillar', forms: FORMS };
