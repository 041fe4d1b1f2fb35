import { blob, hull, mirrored, openCurve, type XY, xy } from '../drawing/curves.js';
import { bothSides, drawLimbs, feelers, type Limb, limbShadows, places, stepping } from '../drawing/limbs.js';
import { type Drawing, formOf } from '../drawing/posed.js';
import { type Coat, dome, dots, eye, fill, inside, line, rings, scattered, shine } from '../drawing/skin.js';
import type { Figure } from '../figure.js';
import type { Species } from '../species.js';

interface BugColours {
  readonly coat: Coat;
  readonly leg: string;
  /** The clear end of the wings. */
  readonly membrane: string;
  /** Light marks on the margin of the abdomen. */
  readonly margin: string;
  readonly feeler: readonly [dark: string, pale: string];
}

/** The abdomen shows as a banded margin on both sides of the wings. */
const ABDOMEN = hull(xy([16, 0, 14, 26, 2, 32, -14, 32.5, -30, 26, -43, 14, -49, 0]));

const SHIELD: readonly XY[] = xy([39, 0, 38, 9, 34, 12, 26, 24, 18, 34.5, 12, 31, 11, 18, 11, 0]);
const SHOULDERS = hull(SHIELD);

const HEAD = hull(xy([50, 0, 49, 5.5, 44, 8, 38, 10.5, 35, 10, 34, 0]));

const SCUTELLUM = hull(xy([12, 0, 11.5, 17, 2, 13.5, -10, 8, -19, 5, -22, 0]));

const LEGS: readonly Limb[] = [
  xy([29, 13, 42, 27, 56, 35, 63, 37]),
  xy([8, 24, 10, 43, 2, 57, -2, 64]),
  xy([-8, 25, -22, 44, -42, 52, -52, 57]),
];

const WIDTHS = [4.4, 3.6, 2.6, 1.8];

const FEELER: readonly XY[] = xy([46, 6, 56, 14, 69, 17, 84, 24]);

function bugDrawing(colours: BugColours): Drawing {
  return (light, gait, individual): Figure => {
    const { coat } = colours;
    const legs = stepping(LEGS, gait, 5);
    const outline = [...ABDOMEN.rim, ...SHOULDERS.rim, ...HEAD.rim, ...places(legs)];
    const pits = (count: number, seed: number, from: number, to: number) =>
      dots(scattered(ABDOMEN, count, seed + individual, from, to), coat.rim, 1.1, 0.5) +
      dots(scattered(ABDOMEN, count, seed + 50 + individual, from, to), coat.lit, 0.9, 0.4);
    return {
      defs: '',
      body: [
        drawLimbs(legs, { upper: colours.leg, lower: colours.leg, foot: coat.rim, widths: WIDTHS }, light),
        bandedFeelers(colours),
        dome('abdomen', ABDOMEN, coat, light),
        inside('margin', ABDOMEN, marginOf(colours)),
        wings(colours, light.y),
        pits(110, 3, 12, -26),
        dome('head', HEAD, coat, light),
        line('M49 2.6C45 3 40 3 36 2M49 -2.6C45 -3 40 -3 36 -2', coat.rim, 0.8, 0.6),
        eye(38, 10.6, 3.2, 2.8, '#3a1712', light),
        eye(38, -10.6, 3.2, 2.8, '#3a1712', light),
        dome('shield', SHOULDERS, coat, light),
        dots(scattered(SHOULDERS, 90, 17 + individual, 11, 38), coat.rim, 1.1, 0.5),
        line('M14 -30C20 -30 27 -21 34 -11M14 30C20 30 27 21 34 11', coat.lit, 1, 0.5),
        shine(25 + light.x * 4, light.y * 13, 10, 5, 0.5),
        dome('scutellum', SCUTELLUM, coat, light),
        dots(scattered(SCUTELLUM, 40, 29 + individual, 11, -20), coat.rim, 1.1, 0.5),
        dots(xy([10, 13, 10, 0, 10, -13]), colours.margin, 2.2, 0.9),
        shine(2 + light.x * 4, light.y * 6, 9, 4, 0.4),
      ].join(''),
      silhouette:
        [ABDOMEN, SHOULDERS, HEAD].map(({ path }) => `<path d="${path}"/>`).join('') + limbShadows(legs, WIDTHS),
      outline,
      reach: [...outline, ...bothSides(FEELER)],
    };
  };
}

function bandedFeelers({ feeler: [dark, pale] }: BugColours): string {
  const side = (places: readonly XY[]) =>
    places
      .slice(1)
      .flatMap((place, index): XY[] => [
        place,
        [(place[0] + (places[index] as XY)[0]) / 2, (place[1] + (places[index] as XY)[1]) / 2],
      ]);
  const joints = side(FEELER).filter((_, index) => index % 2 === 1);
  return feelers(FEELER, dark, 2.4) + dots([...joints, ...mirrored(joints)], pale, 2.6, 0.95);
}

function marginOf({ margin, coat }: BugColours): string {
  const marks = [8, -2, -12, -22, -31, -39];
  return [1, -1]
    .map(
      (side) =>
        marks
          .map((x) =>
            line(
              `M${x} ${side * (ABDOMEN.halfAt(x) - 5)}L${x - 1.5} ${side * (ABDOMEN.halfAt(x) + 1)}`,
              margin,
              4,
              0.85,
            ),
          )
          .join('') +
        marks
          .map((x) =>
            line(
              `M${x - 5} ${side * (ABDOMEN.halfAt(x - 5) - 5)}L${x - 6} ${side * (ABDOMEN.halfAt(x - 5) + 1)}`,
              coat.rim,
              2,
              0.6,
            ),
          )
          .join(''),
    )
    .join('');
}

/** The leathery half of each wing, and the clear halves laid over one another. */
function wings({ coat, membrane }: BugColours, lightY: number): string {
  const leather: readonly XY[] = xy([12, 15, 11, 24, 0, 27.5, -16, 26, -25, 19, -19, 5, -6, 10]);
  const clear = hull(xy([-10, 0, -16, 14, -25, 20, -39, 16, -49, 8, -53, 0]));
  const veins = [4, 8, 12]
    .flatMap((y) =>
      [1, -1].map((side) =>
        openCurve([
          [-18, side * y],
          [-34, side * y * 1.1],
          [-48, side * y * 0.5],
        ]),
      ),
    )
    .join('');
  return [
    fill(clear.path, membrane, 0.78),
    line(clear.path, coat.rim, 0.8, 0.6),
    line(veins, coat.rim, 0.7, 0.45),
    shine(-36, lightY * 6, 10, 3.4, 0.6),
    ...[1, -1].map((side) => {
      const shape = blob(side > 0 ? leather : mirrored(leather));
      const lit = side * lightY > 0 ? 0.34 : 0;
      return (
        fill(shape.path, coat.mid) +
        fill(shape.path, coat.lit, lit) +
        fill(shape.path, coat.rim, lit === 0 ? 0.22 : 0) +
        line(shape.path, coat.rim, 0.9, 0.6) +
        line(
          openCurve([
            [10, side * 20],
            [-6, side * 20],
            [-22, side * 17],
          ]),
          coat.rim,
          0.7,
          0.4,
        )
      );
    }),
  ].join('');
}

const YOUNG_BODY = hull(xy([26, 0, 25, 14, 16, 27, 0, 34, -18, 33, -35, 23, -45, 10, -48, 0]));

/** Young stink bugs are round, dark and brightly marked, without wings. */
function nymphDrawing(coat: Coat, mark: string): Drawing {
  return (light, gait): Figure => {
    const legs = stepping(LEGS, gait, 5);
    const head = hull(xy([46, 0, 44, 8, 36, 13, 24, 20, 20, 0]));
    const outline = [...YOUNG_BODY.rim, ...head.rim, ...places(legs)];
    const beads = [10, -2, -14, -25, -35].flatMap((x): XY[] => [
      [x, YOUNG_BODY.halfAt(x) - 3.5],
      [x, 3.5 - YOUNG_BODY.halfAt(x)],
      [x - 3, YOUNG_BODY.halfAt(x) * 0.42],
      [x - 3, -YOUNG_BODY.halfAt(x) * 0.42],
    ]);
    return {
      defs: '',
      body: [
        drawLimbs(legs, { upper: coat.dark, lower: coat.dark, widths: WIDTHS }, light),
        feelers(FEELER, coat.rim, 2.4),
        dome('head', head, coat, light),
        eye(36, 12, 3, 2.6, '#2a0d0a', light),
        eye(36, -12, 3, 2.6, '#2a0d0a', light),
        dome('skin', YOUNG_BODY, coat, light),
        rings(YOUNG_BODY, [12, 2, -8, -18, -28, -37], -3, coat.rim, 1.3),
        dots(beads, mark, 5, 0.95),
        dots(xy([-2, 0, -15, 0, -27, 0]), coat.rim, 9, 0.7),
        shine(-8 + light.x * 15, light.y * 16, 18, 10, 0.5),
      ].join(''),
      silhouette: `<path d="${YOUNG_BODY.path}"/><path d="${head.path}"/>${limbShadows(legs, WIDTHS)}`,
      outline,
      reach: [...outline, ...bothSides(FEELER)],
    };
  };
}

const GREEN: BugColours = {
  coat: { lit: '#cdee84', mid: '#7cb83a', dark: '#42801e', rim: '#1d420b' },
  leg: '#7ba83e',
  membrane: '#8fae6e',
  margin: '#e8f0a0',
  feeler: ['#5a7a2c', '#b8d878'],
};

const BROWN: BugColours = {
  coat: { lit: '#cbb08c', mid: '#8f7250', dark: '#5b452e', rim: '#2a1d10' },
  leg: '#8a6c48',
  membrane: '#6f5a44',
  margin: '#efe2c4',
  feeler: ['#3a2a1c', '#f2e8d2'],
};

const GREY: BugColours = {
  coat: { lit: '#d2d0c8', mid: '#95928a', dark: '#5f5c56', rim: '#2a2926' },
  leg: '#7c7972',
  membrane: '#5c5a56',
  margin: '#f2eee2',
  feeler: ['#3a3836', '#e8e4da'],
};

const ADULTS: readonly (readonly [string, BugColours])[] = [
  ['green', GREEN],
  ['brown', BROWN],
  ['grey', GREY],
];

const NYMPHS: readonly (readonly [string, Coat, string])[] = [
  ['black', { lit: '#6c6e70', mid: '#2c2e2e', dark: '#151616', rim: '#030303' }, '#f4efe0'],
  ['green', { lit: '#c0ea7c', mid: '#66a838', dark: '#366e1c', rim: '#12300a' }, '#f6e25a'],
];

export const STINK_BUG: Species = {
  target: 'bug',
  kind: 'stink bug',
  forms: [
    ...ADULTS.map(([colour, colours]) =>
      formOf({
        id: `stink-bug-${colour}`,
        colour,
        stage: 'adult',
        posture: 'walking',
        lengthMm: { min: 9, max: 17 },
        lengthRange: { min: 112, max: 150 },
        thickness: 0.1,
        drawing: bugDrawing(colours),
      }),
    ),
    ...NYMPHS.map(([colour, coat, mark]) =>
      formOf({
        id: `stink-bug-${colour}-nymph`,
        colour,
        marking: 'young',
        stage: 'nymph',
        posture: 'walking',
        lengthMm: { min: 3, max: 9 },
        lengthRange: { min: 56, max: 96 },
        thickness: 0.12,
        drawing: nymphDrawing(coat, mark),
      }),
    ),
  ],
};
