import { blob, openCurve, type XY, xy } from '../drawing/curves.js';
import { type Drawing, thingOf } from '../drawing/posed.js';
import { type Coat, dome, dots, fill, inside, line, linear, shine } from '../drawing/skin.js';
import type { Figure } from '../figure.js';
import { lattice } from '../noise.js';
import type { Thing } from '../species.js';
import { PINK, WHITE, YELLOW } from './petal-coats.js';

/** A shrivelled leaf with curled margins, torn in places. */
function deadLeaf(coat: Coat): Drawing {
  return (light, _gait, individual): Figure => {
    const half = (side: number) =>
      [46, 34, 20, 4, -12, -28, -40].map((x, index): XY => {
        const wide = [4, 15, 22, 25, 22, 15, 6][index] as number;
        return [x, side * wide * (0.7 + 0.55 * lattice(index, side + 2, individual + 1))];
      });
    const shape = blob([[50, 0], ...half(1), [-46, 0], ...half(-1).toReversed()]);
    const ribs = [30, 18, 6, -6, -18, -28]
      .map((x) =>
        [1, -1]
          .map((side) =>
            openCurve([
              [x, 0],
              [x + 9, side * 9],
              [x + 14, side * 21],
            ]),
          )
          .join(''),
      )
      .join('');
    const holes = [0, 1, 2].map(
      (index): XY => [34 - index * 24 + 12 * lattice(index, 4, individual), 13 * (lattice(index, 5, individual) - 0.5)],
    );
    return {
      defs: '',
      body: [
        line('M-44 0C-52 2 -56 -3 -62 1', coat.dark, 2.6),
        dome('leaf', shape, coat, light),
        inside(
          'leaf-in',
          shape,
          [
            dots(
              Array.from(
                { length: 40 },
                (_, index): XY => [48 - 96 * lattice(index, 6, individual), 46 * (lattice(index, 7, individual) - 0.5)],
              ),
              coat.rim,
              6,
              0.13,
            ),
            line(openCurve(xy([44, 14, 10, 20, -34, 11])), coat.lit, 5, 0.35),
            line(openCurve(xy([40, -12, 6, -19, -34, -10])), coat.rim, 6, 0.25),
            line(ribs, coat.rim, 0.9, 0.6),
            line(ribs, coat.lit, 0.5, 0.3),
            dots(holes, coat.rim, 6, 0.7),
          ].join(''),
        ),
        line('M49 0C20 3 -20 -2 -46 0', coat.rim, 1.6, 0.8),
        line('M49 -.8C20 2 -20 -3 -46 -1', coat.lit, 0.7, 0.6),
      ].join(''),
      silhouette: `<path d="${shape.path}"/>`,
      outline: shape.rim,
      reach: [...shape.rim, { x: -64, y: 0 }],
    };
  };
}

/** One fallen petal, cupped, with fine lines from its base. */
function petal(coat: Coat): Drawing {
  return (light, _gait, individual): Figure => {
    const notch = 5 + 6 * lattice(1, 1, individual);
    const bow = 8 * (lattice(2, 1, individual) - 0.5);
    const side = (sign: number): readonly XY[] =>
      xy([-30, 7, -10, 19, 14, 28, 34, 26, 46, 14]).map(
        ([x, y]): XY => [x as number, sign * (y as number) + bow * (1 - ((x as number) / 50) ** 2)],
      );
    const shape = blob([[-49, 0], ...side(1), [47 - notch, bow * 0.2], ...side(-1).toReversed()]);
    const veins = [-0.8, -0.55, -0.3, 0, 0.3, 0.55, 0.8]
      .map((share) =>
        openCurve([
          [-44, 0],
          [-8, share * 17 + bow],
          [40, share * 25 + bow * 0.3],
        ]),
      )
      .join('');
    return {
      defs: '',
      body: [
        linear(
          'petal',
          [0, 0.5],
          [1, 0.5],
          [
            [0, coat.dark],
            [0.3, coat.mid],
            [1, coat.lit],
          ],
        ),
        fill(shape.path, 'url(#petal)'),
        inside(
          'petal-in',
          shape,
          [
            line(
              openCurve([
                [-40, 0],
                [0, light.y < 0 ? 15 : -15],
                [44, light.y < 0 ? 22 : -22],
              ]),
              coat.rim,
              12,
              0.16,
            ),
            line(veins, coat.dark, 0.8, 0.45),
            line(
              openCurve([
                [-30, -light.y * -6],
                [4, light.y * 12],
                [38, light.y * 16],
              ]),
              '#fff',
              7,
              0.3,
            ),
          ].join(''),
        ),
        line(shape.path, coat.dark, 1, 0.7),
      ].join(''),
      silhouette: `<path d="${shape.path}"/>`,
      outline: shape.rim,
      reach: shape.rim,
    };
  };
}

/** A closed bud in its green sepals, the petals' colour at its tip. */
function bud(tip: Coat): Drawing {
  return (light): Figure => {
    const sepal: Coat = { lit: '#d4ee9a', mid: '#86b552', dark: '#4c7c2a', rim: '#1f400f' };
    const heart = blob(xy([48, 0, 40, 11, 20, 19, -10, 20, -22, 12, -24, 0, -22, -12, -10, -20, 20, -19, 40, -11]));
    const leaves = [-1, 0, 1].map((side) =>
      blob([
        [34 - Math.abs(side) * 8, side * 13],
        [16, side * 18 + 7],
        [-12, side * 11 + 11],
        [-26, 0],
        [-12, side * 11 - 11],
        [16, side * 18 - 7],
      ]),
    );
    return {
      defs: '',
      body: [
        line('M-26 0C-38 2 -44 -2 -52 0', sepal.dark, 6),
        line('M-26 -1C-38 1 -44 -3 -52 -1', sepal.lit, 1.6, 0.6),
        dome('heart', heart, tip, light),
        line('M47 0C36 6 20 8 6 6M46 -3C34 -9 20 -11 6 -10', tip.rim, 1, 0.5),
        ...[leaves[0], leaves[2], leaves[1]].map((leaf, index) =>
          dome(`sepal${index}`, leaf as ReturnType<typeof blob>, sepal, light),
        ),
        shine(-2 + light.x * 6, light.y * 8, 14, 5, 0.5),
      ].join(''),
      silhouette: `<path d="${heart.path}"/>`,
      outline: [...heart.rim, { x: -52, y: 0 }],
      reach: [...heart.rim, { x: -56, y: 0 }],
    };
  };
}

export const PLANT_BITS: readonly Thing[] = [
  ...(
    [
      ['dead-leaf', 'brown', { lit: '#d0a878', mid: '#94683c', dark: '#5e3e20', rim: '#2a180a' }],
      ['dead-leaf-pale', 'yellow', { lit: '#f0e0aa', mid: '#cbb068', dark: '#8e7434', rim: '#473610' }],
    ] as const
  ).map(([id, colour, coat]) =>
    thingOf({
      id,
      kind: 'dead leaf',
      colour,
      target: null,
      lengthRange: { min: 60, max: 170 },
      thickness: 0.06,
      drawing: deadLeaf(coat),
    }),
  ),
  ...(
    [
      ['petal-pink', 'pink', PINK],
      ['petal-white', 'white', WHITE],
      ['petal-yellow', 'yellow', YELLOW],
    ] as const
  ).map(([id, colour, coat]) =>
    thingOf({
      id,
      kind: 'petal',
      colour,
      target: null,
      lengthRange: { min: 34, max: 80 },
      thickness: 0.07,
      drawing: petal(coat),
    }),
  ),
  ...(
    [
      ['bud-yellow', 'yellow', YELLOW],
      ['bud-pink', 'pink', PINK],
    ] as const
  ).map(([id, colour, coat]) =>
    thingOf({
      id,
      kind: 'bud',
      colour,
      target: 'bud',
      lengthRange: { min: 60, max: 110 },
      thickness: 0.1,
      drawing: bud(coat),
    }),
  ),
];
