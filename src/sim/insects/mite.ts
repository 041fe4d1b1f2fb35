import { hull, mirrored, type XY, xy } from '../drawing/curves.js';
import { drawLimbs, type Limb, limbShadows, places, stepping } from '../drawing/limbs.js';
import { type Drawing, formOf } from '../drawing/posed.js';
import { type Coat, dome, dots, hairs, inside, shine } from '../drawing/skin.js';
import type { Figure } from '../figure.js';
import type { Species } from '../species.js';

const BODY = hull(xy([42, 0, 40, 11, 31, 21, 14, 29, -8, 33, -28, 29, -42, 17, -48, 0]));

/** Mouthparts between the forelegs. */
const SNOUT = hull(xy([52, 0, 50, 5, 40, 8, 36, 0]));

const LEGS: readonly Limb[] = [
  xy([34, 12, 55, 22, 72, 26, 86, 24]),
  xy([26, 20, 44, 38, 56, 52, 66, 58]),
  xy([-4, 27, -12, 46, -24, 60, -30, 68]),
  xy([-16, 26, -36, 42, -56, 50, -70, 52]),
];

const WIDTHS = [7, 5.5, 4, 2.2];

/** A spider mite: eight legs, an egg-shaped back with long bristles, two dark patches of food inside. */
function miteDrawing(coat: Coat, leg: string, patch: string): Drawing {
  return (light, gait): Figure => {
    const legs = stepping(LEGS, gait, 7);
    const outline = [...BODY.rim, ...SNOUT.rim, ...places(legs)];
    const bristles = [28, 14, 0, -14, -28, -40].flatMap((x) =>
      [0.35, 0.8].flatMap((share) =>
        [1, -1].map((side): readonly [XY, XY] => {
          const y = side * share * BODY.halfAt(x);
          return [
            [x, y],
            [x - 9, y + side * 8],
          ];
        }),
      ),
    );
    const patches: readonly XY[] = xy([8, 17, 1, 20, -7, 19, -14, 16, 2, 14]);
    return {
      defs: '',
      body: [
        drawLimbs(legs, { upper: leg, lower: leg, widths: WIDTHS }, light),
        dome('snout', SNOUT, coat, light),
        dome('skin', BODY, coat, light),
        inside(
          'food',
          BODY,
          dots([...patches, ...mirrored(patches)], patch, 13, 0.3) +
            dots([...patches, ...mirrored(patches)], patch, 8, 0.35),
        ),
        dots(
          [
            [29, 16],
            [29, -16],
          ],
          '#b3120c',
          4.4,
        ),
        hairs(bristles, '#fff', 1.2, 0.65),
        shine(-4 + light.x * 14, light.y * 15, 18, 12, 0.5),
        shine(-4 + light.x * 17, light.y * 18, 6, 4, 0.9),
      ].join(''),
      silhouette: `<path d="${BODY.path}"/>${limbShadows(legs, WIDTHS)}`,
      outline,
      reach: outline.map(({ x, y }) => ({ x: x * 1.02, y: y * 1.02 })),
    };
  };
}

const LOOKS: readonly (readonly [string, string | undefined, Coat, string, string])[] = [
  ['red', undefined, { lit: '#ff9a72', mid: '#d6341c', dark: '#8e160c', rim: '#430604' }, '#e08a66', '#4a0805'],
  ['yellow', 'spotted', { lit: '#fbf7be', mid: '#dfd268', dark: '#a3922e', rim: '#5a4c10' }, '#e6dca0', '#2f3310'],
  ['green', 'spotted', { lit: '#eef7b4', mid: '#b4cc62', dark: '#74902c', rim: '#3a4c10' }, '#d2dc9c', '#22300c'],
];

export const MITE: Species = {
  target: 'mite',
  kind: 'mite',
  forms: LOOKS.map(([colour, marking, coat, leg, patch]) =>
    formOf({
      id: `mite-${colour}`,
      colour,
      marking,
      stage: 'adult',
      posture: 'walking',
      lengthMm: { min: 0.3, max: 0.6 },
      lengthRange: { min: 13, max: 22 },
      thickness: 0.14,
      drawing: miteDrawing(coat, leg, patch),
    }),
  ),
};
