import { hull, mirrored, openCurve, type XY, xy } from '../drawing/curves.js';
import { bothSides, drawLimbs, feelers, type Limb, limbShadows, places, stepping, tapered } from '../drawing/limbs.js';
import { type Drawing, formOf } from '../drawing/posed.js';
import { type Coat, dome, dots, eye, hairs, inside, line, rings, shine } from '../drawing/skin.js';
import type { Figure } from '../figure.js';
import type { Form, Species } from '../species.js';

const BODY = hull(
  xy([
    49, 0, 48, 5, 41, 6.6, 37, 6, 34, 8.2, 24, 8.6, 20, 9.4, 6, 9.8, 0, 9, -14, 10.4, -28, 8.6, -40, 5, -48, 1.4, -50,
    0,
  ]),
);

const LEGS: readonly Limb[] = [
  xy([30, 6, 40, 13, 48, 17, 52, 18]),
  xy([16, 7, 18, 17, 14, 25, 14, 28]),
  xy([6, 7, -4, 17, -14, 25, -18, 27]),
];

const WIDTHS = [3.6, 2.8, 2, 1.4];

const FEELER: readonly XY[] = xy([48, 2.4, 55, 6, 62, 9, 70, 11]);

/** Slender as a grain of rice; the adult lays two pairs of fringed straps along its back. */
function thripsDrawing(coat: Coat, leg: string, winged: boolean): Drawing {
  return (light, gait): Figure => {
    const legs = stepping(LEGS, gait, 3.5);
    const outline = [...BODY.rim, ...places(legs)];
    const seams = [0, -7, -14, -21, -28, -34, -40];
    const bands = seams
      .map((x) =>
        openCurve([
          [x - 2, -BODY.halfAt(x - 2)],
          [x - 1, 0],
          [x - 2, BODY.halfAt(x - 2)],
        ]),
      )
      .join('');
    return {
      defs: '',
      body: [
        drawLimbs(legs, { upper: leg, lower: leg, widths: WIDTHS }, light),
        feelers(FEELER, coat.rim, 1.8),
        dots(xy([55, 6, 62, 9, 67, 10.4, 55, -6, 62, -9, 67, -10.4]), coat.dark, 2.6),
        dome('skin', BODY, coat, light),
        inside('bands', BODY, line(bands, coat.rim, 3.4, 0.3)),
        rings(BODY, [36, 21, ...seams], 0.6, coat.rim, 1),
        hairs(
          seams.flatMap((x) =>
            [1, -1].map((side): readonly [XY, XY] => [
              [x - 4, side * BODY.halfAt(x - 4)],
              [x - 8, side * (BODY.halfAt(x - 4) + 3)],
            ]),
          ),
          coat.rim,
          0.6,
          0.8,
        ),
        eye(44, 4.6, 2.8, 2.2, '#3c0d0c', light),
        eye(44, -4.6, 2.8, 2.2, '#3c0d0c', light),
        winged ? straps(coat) : '',
        shine(8 + light.x * 4, light.y * 4.6, 14, 2.6, 0.7),
        shine(-22 + light.x * 4, light.y * 4.4, 12, 2.2, 0.6),
      ].join(''),
      silhouette: `<path d="${BODY.path}"/>${limbShadows(legs, WIDTHS)}`,
      outline,
      reach: [...outline, ...bothSides(FEELER), ...(winged ? bothSides([[-58, 12]]) : [])],
    };
  };
}

function straps(coat: Coat): string {
  const strap: readonly XY[] = xy([22, 5, 0, 5.6, -24, 4.4, -46, 2.2]);
  const fringe = Array.from({ length: 22 }, (_, index): readonly [XY, XY] => {
    const x = 4 - index * 2.4;
    return [
      [x, 6.2 - index * 0.14],
      [x - 9, 11.5 - index * 0.16],
    ];
  });
  return [1, -1]
    .map((side) => {
      const over = (places: readonly XY[]) => (side > 0 ? places : mirrored(places));
      return (
        hairs(
          fringe.map(([root, tip]): readonly [XY, XY] => [
            [root[0], root[1] * side],
            [tip[0], tip[1] * side],
          ]),
          coat.rim,
          0.45,
          0.6,
        ) +
        `<path d="${tapered(over(strap), [2.4, 4.4, 3.6, 1.2])}" fill="${coat.dark}" fill-opacity="0.7" stroke="${coat.rim}" stroke-width="0.6" stroke-opacity="0.8"/>`
      );
    })
    .join('');
}

const YELLOW: Coat = { lit: '#fff3ae', mid: '#ecca5a', dark: '#b38c26', rim: '#5c420c' };
const BROWN: Coat = { lit: '#bd8f62', mid: '#7c5230', dark: '#4a2d17', rim: '#1f1108' };
const BLACK: Coat = { lit: '#6e6c72', mid: '#2c2a2e', dark: '#161517', rim: '#040405' };
const PALE: Coat = { lit: '#fffde6', mid: '#f4ecb4', dark: '#c2b468', rim: '#746a2c' };

const LOOKS: readonly (readonly [id: string, colour: string, Coat, leg: string, stage: 'adult' | 'larva'])[] = [
  ['yellow', 'yellow', YELLOW, '#d8b95c', 'adult'],
  ['brown', 'brown', BROWN, '#9a7650', 'adult'],
  ['black', 'black', BLACK, '#57504a', 'adult'],
  ['yellow-larva', 'yellow', PALE, '#e6dda0', 'larva'],
];

export const THRIPS: Species = {
  target: 'thrips',
  kind: 'thrips',
  forms: LOOKS.map(
    ([id, colour, coat, leg, stage]): Form =>
      formOf({
        id: `thrips-${id}`,
        colour,
        marking: stage === 'larva' ? 'young' : undefined,
        stage,
        posture: 'walking',
        lengthMm: { min: 0.7, max: 1.6 },
        lengthRange: { min: 26, max: 42 },
        thickness: 0.06,
        drawing: thripsDrawing(coat, leg, stage === 'adult'),
      }),
  ),
};
