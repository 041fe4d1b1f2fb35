import { blob, hull, mirrored, openCurve, type XY, xy } from '../drawing/curves.js';
import { bothSides, drawLimbs, type Limb, limbShadows, places } from '../drawing/limbs.js';
import { type Drawing, formOf } from '../drawing/posed.js';
import { dome, eye, hairs, inside, line, rings, scattered } from '../drawing/skin.js';
import { beatRim } from '../drawing/wings.js';
import type { Figure } from '../figure.js';
import type { Point } from '../geometry.js';
import { lattice } from '../noise.js';
import type { Form, Species } from '../species.js';
import { blurredWings, FORE, HIND, type MothColours, ROOF, roof, spreadWings } from './moth-wings.js';

const THORAX = hull(xy([35, 0, 33, 9, 24, 14, 10, 14.5, 0, 11, -3, 0]));

const HEAD = hull(xy([47, 0, 45, 6, 39, 9, 32, 8, 30, 0]));

const ABDOMEN = hull(xy([4, 0, 2, 10.5, -14, 11.5, -32, 9, -46, 5, -53, 0]));

const LEGS: readonly Limb[] = [xy([30, 8, 44, 17, 54, 21, 60, 22]), xy([22, 12, 30, 28, 32, 38, 33, 42])];

const WIDTHS = [4, 3, 2.2, 1.6];

type Wings = 'spread' | 'folded' | 'beating';

function mothDrawing(colours: MothColours, wings: Wings): Drawing {
  return (light, gait, individual): Figure => {
    const legs = [...LEGS, ...LEGS.map((leg) => mirrored(leg))];
    const feeler = Array.from(
      { length: 6 },
      (_, index): XY => [44 + index * 6.5 - index * index * 0.9, 4 + index * 5.6],
    );
    const span =
      wings === 'folded'
        ? ROOF
        : wings === 'spread'
          ? [...FORE, ...HIND]
          : [...beatRim([22, 10], 84, 52, 112), ...beatRim([4, 10], 70, 92, 138)];
    const outline = [...ABDOMEN.rim, ...HEAD.rim, ...bothSides(span), ...(wings === 'folded' ? places(legs) : [])];
    const rims = wings === 'folded' ? [ROOF] : wings === 'spread' ? [HIND, FORE] : [];
    return {
      defs: '',
      body: [
        wings === 'folded'
          ? drawLimbs(legs, { upper: colours.fur.dark, lower: colours.fur.dark, widths: WIDTHS }, light)
          : '',
        wings === 'spread' ? spreadWings(colours, light, individual) : '',
        dome('abdomen', ABDOMEN, colours.fur, light),
        rings(ABDOMEN, [-8, -17, -26, -34, -42], -1.5, colours.fur.rim, 1.3),
        inside('abdomen-down', ABDOMEN, down(ABDOMEN.rim, individual, colours)),
        wings === 'beating' ? blurredWings(colours, gait) : '',
        wings === 'folded' ? roof(colours, light, individual) : '',
        antennae(feeler, colours.fur.dark),
        dome('head', HEAD, colours.fur, light),
        eye(41, 8, 4, 3.4, '#15100c', light),
        eye(41, -8, 4, 3.4, '#15100c', light),
        dome('thorax', THORAX, colours.fur, light),
        fur(colours, individual),
      ].join(''),
      silhouette:
        [ABDOMEN, THORAX, HEAD].map(({ path }) => `<path d="${path}"/>`).join('') +
        rims.map((rim) => `<path d="${blob(rim).path}"/><path d="${blob(mirrored(rim)).path}"/>`).join('') +
        (wings === 'folded' ? limbShadows(legs, WIDTHS) : ''),
      outline,
      reach: [...outline, ...bothSides(feeler)],
    };
  };
}

function antennae(feeler: readonly XY[], colour: string): string {
  return [1, -1]
    .map((side) => {
      const stem = feeler.map(([x, y]): XY => [x, y * side]);
      const combs = stem.slice(1).flatMap(([x, y]): (readonly [XY, XY])[] => [
        [
          [x, y],
          [x + 2.4, y + side * 1.8],
        ],
        [
          [x, y],
          [x - 3, y - side * 0.4],
        ],
      ]);
      return line(openCurve(stem), colour, 1.6) + hairs(combs, colour, 0.8, 0.8);
    })
    .join('');
}

function down(rim: readonly Point[], seed: number, { fur: coat }: MothColours): string {
  const strands = Array.from({ length: 36 }, (_, index): readonly [XY, XY] => {
    const root = rim[index % rim.length] as Point;
    const share = lattice(index, 3, seed);
    const from: XY = [root.x * (0.4 + 0.6 * share), root.y * share];
    return [from, [from[0] - 6, from[1] * 1.1]];
  });
  return hairs(strands, coat.lit, 0.8, 0.4);
}

/** Long hair on head and thorax, combed towards the tail. */
function fur(colours: MothColours, seed: number): string {
  const strands = (salt: number): readonly (readonly [XY, XY])[] =>
    scattered(THORAX, 70, seed + salt, 33, -2).map(([x, y]): readonly [XY, XY] => [
      [x, y],
      [x - 7, y * 1.16],
    ]);
  return hairs(strands(1), colours.fur.dark, 1, 0.5) + hairs(strands(2), colours.fur.lit, 0.9, 0.7);
}

const BROWN: MothColours = {
  fur: { lit: '#d3ab7c', mid: '#93663c', dark: '#5c3c20', rim: '#28180c' },
  fore: ['#8a5f38', '#b58a5a', '#7c5633'],
  hind: ['#d8bd94', '#a88760'],
  mark: '#3a2412',
  pale: '#ecd6ae',
  pattern: 1,
};

const WHITE: MothColours = {
  fur: { lit: '#ffffff', mid: '#efeade', dark: '#b8b0a0', rim: '#6a6456' },
  fore: ['#fbf9f2', '#ffffff', '#e4dfd2'],
  hind: ['#ffffff', '#ebe7dc'],
  mark: '#8c8676',
  pale: '#ffffff',
  pattern: 0.35,
};

const GREY: MothColours = {
  fur: { lit: '#dcdde0', mid: '#9a9ca2', dark: '#5e6068', rim: '#26282e' },
  fore: ['#84868e', '#b4b6bc', '#74767e'],
  hind: ['#e4e2de', '#b8b6b4'],
  mark: '#2e3036',
  pale: '#f2f2f4',
  pattern: 1,
};

const YELLOW: MothColours = {
  fur: { lit: '#fff0b0', mid: '#e6bf56', dark: '#a87c22', rim: '#553a0a' },
  fore: ['#e0b244', '#f4d478', '#d09a38'],
  hind: ['#fff2c8', '#ecd08c'],
  mark: '#7c4a18',
  pale: '#fff6d4',
  pattern: 0.8,
};

const COLOURS: readonly (readonly [string, MothColours])[] = [
  ['brown', BROWN],
  ['white', WHITE],
  ['grey', GREY],
  ['yellow', YELLOW],
];

const POSTURES: readonly (readonly [Wings, Form['posture'], string, number])[] = [
  ['spread', 'resting', 'with spread wings', 0.06],
  ['folded', 'resting', 'with folded wings', 0.12],
  ['beating', 'flying', 'flying', 0.3],
];

export const MOTH: Species = {
  target: 'moth',
  kind: 'moth',
  forms: COLOURS.flatMap(([colour, colours]) =>
    POSTURES.map(([wings, posture, marking, thickness]) =>
      formOf({
        id: `moth-${colour}-${wings === 'beating' ? 'flying' : wings}`,
        colour,
        marking,
        stage: 'adult',
        posture,
        lengthMm: { min: 7, max: 20 },
        lengthRange: { min: 105, max: 150 },
        thickness,
        drawing: mothDrawing(colours, wings),
      }),
    ),
  ),
};
