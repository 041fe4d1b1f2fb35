import { type Hull, hull, mirrored, type XY, xy } from '../drawing/curves.js';
import { bothSides, drawLimbs, feelers, type Limb, limbShadows, places, stepping, tapered } from '../drawing/limbs.js';
import { type Drawing, formOf } from '../drawing/posed.js';
import { type Coat, dome, dots, fill, hairs, line, rings, shine } from '../drawing/skin.js';
import { drawWing } from '../drawing/wings.js';
import type { Figure } from '../figure.js';
import type { Form, Species } from '../species.js';

type Caste = 'worker' | 'soldier' | 'winged';

const ABDOMEN = hull(xy([8, 0, 6, 8.5, -6, 13.5, -22, 15, -37, 11, -46, 4.5, -48, 0]));
const THORAX = hull(xy([25, 0, 24, 8, 17, 9.4, 11, 8.6, 4, 8.4, 2, 0]));
const WORKER_HEAD = hull(xy([47, 0, 45.5, 7, 39, 12, 31, 12, 25, 8, 24, 0]));
const SOLDIER_HEAD = hull(xy([50, 0, 49, 8, 40, 10.5, 28, 10.5, 23, 7, 22, 0]));

const LEGS: readonly Limb[] = [
  xy([21, 8, 31, 20, 39, 27, 43, 29]),
  xy([14, 8, 14, 22, 9, 33, 8, 37]),
  xy([7, 8, -4, 22, -15, 31, -20, 34]),
];
const WIDTHS = [3.8, 3, 2.2, 1.4];

/** Beads on a string. */
const FEELER: readonly XY[] = xy([43, 8, 51, 15, 60, 19, 70, 20]);
const BEADS: readonly XY[] = xy([46, 11, 49, 13.4, 52, 15.6, 55, 17.2, 58.5, 18.6, 62, 19.3, 65.5, 19.8, 69, 20]);

const WING: readonly XY[] = xy([22, 5, 6, 13, -36, 18, -92, 15, -112, 8, -106, 1, -60, -1, 2, 1]);

function termiteDrawing(body: Coat, head: Coat, leg: string, caste: Caste): Drawing {
  return (light, gait): Figure => {
    const legs = stepping(LEGS, gait, 4.5);
    const skull: Hull = caste === 'soldier' ? SOLDIER_HEAD : WORKER_HEAD;
    const outline = [
      ...ABDOMEN.rim,
      ...skull.rim,
      ...places(legs),
      ...(caste === 'soldier' ? bothSides([[72, 2]]) : []),
      ...(caste === 'winged' ? bothSides(WING) : []),
    ];
    const tail: readonly (readonly [XY, XY])[] = [4, -4].map((y): readonly [XY, XY] => [
      [-44, y],
      [-50, y * 1.8],
    ]);
    return {
      defs: '',
      body: [
        drawLimbs(legs, { upper: leg, lower: leg, widths: WIDTHS }, light),
        feelers(FEELER, head.dark, 1.4),
        dots([...BEADS, ...mirrored(BEADS)], head.mid, 3),
        hairs(tail, leg, 1.4),
        dome('abdomen', ABDOMEN, body, light),
        // What they eat shows through the thin skin.
        caste === 'winged' ? '' : dots(xy([-14, 2, -22, -3, -30, 1]), head.dark, 13, 0.13),
        rings(ABDOMEN, [0, -7, -14, -21, -28, -35, -41], -1.4, body.rim, 1),
        shine(-16 + light.x * 8, light.y * 8, 14, 4, 0.7),
        dome('thorax', THORAX, body, light),
        line('M18 -9L18 9M11 -8.6L11 8.6', body.rim, 0.9, 0.5),
        caste === 'soldier' ? jaws(head) : '',
        dome('head', skull, head, light),
        line('M46 0L28 0', head.rim, 0.7, 0.35),
        caste === 'worker'
          ? dots(
              [
                [46.5, 3],
                [46.5, -3],
              ],
              head.rim,
              2.6,
              0.8,
            )
          : '',
        caste === 'winged'
          ? dots(
              [
                [37, 10.5],
                [37, -10.5],
              ],
              '#0c0806',
              4,
            )
          : '',
        shine(37 + light.x * 5, light.y * 6, 7, 4.4, 0.8),
        caste === 'winged' ? wings() : '',
      ].join(''),
      silhouette: `<path d="${ABDOMEN.path}"/><path d="${THORAX.path}"/><path d="${skull.path}"/>${limbShadows(legs, WIDTHS)}`,
      outline,
      reach: [...outline, ...bothSides([...FEELER, [-52, 8]])],
    };
  };
}

/** Sabre jaws that cross at their tips. */
function jaws(head: Coat): string {
  return [1, -1]
    .map((side) => {
      const places: readonly XY[] = [
        [47, side * 5.5],
        [58, side * 6.5],
        [67, side * 3.6],
        [72, side * -1.5],
      ];
      return (
        fill(tapered(places, [4.6, 3.6, 2.4, 0.8]), head.rim) +
        line(`M50 ${side * 6}L60 ${side * 6}`, head.lit, 0.8, 0.6)
      );
    })
    .join('');
}

function wings(): string {
  const veins: readonly (readonly XY[])[] = [
    xy([18, 6, -30, 12, -80, 11, -108, 7]),
    xy([12, 4, -40, 6, -90, 5]),
    xy([-20, 10, -60, 7, -98, 12]),
    xy([-10, 3, -50, 1.6, -86, 1]),
  ];
  return [1, -1]
    .map((side) => {
      const over = (places: readonly XY[]) => places.map(([x, y]): XY => [x, (y + 4) * side]);
      return drawWing(`wing${side}`, over(WING), veins.map(over), 5, {
        membrane: [
          [0, '#8a7a66', 0.62],
          [0.5, '#b5a894', 0.5],
          [1, '#d8cfc0', 0.42],
        ],
        vein: '#4a3826',
        veinWidth: 0.8,
        veinOpacity: 0.75,
      });
    })
    .join('');
}

const PALE: Coat = { lit: '#fffdf2', mid: '#f0e6cc', dark: '#c3b28c', rim: '#766544' };
const AMBER: Coat = { lit: '#ffdfa0', mid: '#dfa854', dark: '#a06c28', rim: '#4e300c' };
const CREAM: Coat = { lit: '#fff4d6', mid: '#ecd6a4', dark: '#b8995c', rim: '#6a5226' };
const CHESTNUT: Coat = { lit: '#c98a52', mid: '#8a4e22', dark: '#512a10', rim: '#200e04' };
const DARK: Coat = { lit: '#8c6a4c', mid: '#4e3624', dark: '#2c1d12', rim: '#100a04' };

const SIZE = { lengthMm: { min: 4, max: 9 }, lengthRange: { min: 60, max: 92 }, thickness: 0.1 } as const;

const CASTES: readonly (readonly [
  id: string,
  colour: string,
  marking: string | undefined,
  Coat,
  Coat,
  string,
  Caste,
])[] = [
  ['white', 'white', undefined, PALE, AMBER, '#e6d4a8', 'worker'],
  ['yellow', 'yellow', undefined, CREAM, AMBER, '#dcc084', 'worker'],
  ['white-soldier', 'white', 'with a brown head', PALE, CHESTNUT, '#e0cc9c', 'soldier'],
  ['brown-winged', 'brown', 'winged', DARK, DARK, '#a07a4e', 'winged'],
];

export const TERMITE: Species = {
  target: 'termite',
  kind: 'termite',
  forms: CASTES.map(
    ([id, colour, marking, body, head, leg, caste]): Form =>
      formOf({
        id: `termite-${id}`,
        colour,
        marking,
        stage: 'adult',
        posture: caste === 'winged' ? 'resting' : 'walking',
        ...SIZE,
        drawing: termiteDrawing(body, head, leg, caste),
      }),
  ),
};
