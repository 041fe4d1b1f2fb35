import { blob, isWithin, mirrored, openCurve, type Shape, type XY, xy } from '../drawing/curves.js';
import { type Coat, dots, fill, inside, line, linear } from '../drawing/skin.js';
import { beatingWing } from '../drawing/wings.js';
import type { Point } from '../geometry.js';
import { lattice } from '../noise.js';

export interface MothColours {
  readonly fur: Coat;
  readonly fore: readonly [root: string, middle: string, edge: string];
  readonly hind: readonly [root: string, edge: string];
  readonly mark: string;
  readonly pale: string;
  /** How strongly the lines across the wings show. */
  readonly pattern: number;
}

export const FORE: readonly XY[] = xy([27, 9, 35, 36, 36, 66, 27, 90, 19, 92, 6, 84, -8, 72, -4, 44, 4, 16]);
export const HIND: readonly XY[] = xy([8, 10, 6, 40, -4, 68, -24, 73, -42, 60, -45, 38, -30, 16, -10, 8]);

/** At rest the forewings lie over the body like a roof, each a long triangle. */
export const ROOF: readonly XY[] = xy([
  30, 6, 20, 17, -8, 27, -38, 36, -62, 37, -68, 29, -66, 10, -62, 1, -20, 0, 14, 1,
]);

/** A wing covered with scales: shaded from root to edge, crossed by wavy lines, with a fringe. */
function scaled(
  id: string,
  shape: Shape,
  paint: string,
  colours: MothColours,
  marks: readonly (readonly XY[])[],
  light: number,
  seed: number,
): string {
  const xs = shape.rim.map(({ x }) => x);
  const ys = shape.rim.map(({ y }) => y);
  const [left, top] = [Math.min(...xs), Math.min(...ys)];
  const [width, height] = [Math.max(...xs) - left, Math.max(...ys) - top];
  const dust = (count: number, salt: number) =>
    Array.from(
      { length: count },
      (_, index): XY => [left + width * lattice(index, salt, seed), top + height * lattice(index, salt + 1, seed)],
    ).filter((grain) => isWithin(grain, shape));
  return [
    fill(shape.path, paint),
    dots(dust(44, 1), colours.mark, 1.5, 0.28 * colours.pattern + 0.05),
    dots(dust(44, 3), colours.pale, 1.5, 0.35),
    inside(
      id,
      shape,
      [
        line(marks.map(openCurve).join(''), colours.mark, 2.2, 0.65 * colours.pattern),
        line(
          marks.map((mark) => openCurve(mark.map(([x, y]): XY => [x + 2.4, y]))).join(''),
          colours.pale,
          1.4,
          0.6 * colours.pattern,
        ),
        line(shape.path, colours.mark, 5, 0.22 * colours.pattern + 0.06),
      ].join(''),
    ),
    fill(shape.path, light > 0 ? '#fff' : '#000', light > 0 ? 0.1 : 0.13),
    line(shape.path, colours.mark, 0.9, 0.6),
  ].join('');
}

const wavy = (points: readonly XY[], seed: number): readonly XY[] =>
  points.flatMap(([x, y], index): XY[] => {
    const next = points[index + 1];
    const wobble = (lattice(index, 7, seed) - 0.5) * 4;
    return next
      ? [
          [x, y],
          [(x + next[0]) / 2 + 2 + wobble, (y + next[1]) / 2],
        ]
      : [[x, y]];
  });

export function spreadWings(colours: MothColours, light: Point, seed: number): string {
  const paints =
    linear(
      'hind',
      [0.9, 0.1],
      [0.1, 0.9],
      [
        [0, colours.hind[0]],
        [1, colours.hind[1]],
      ],
    ) +
    linear(
      'fore',
      [0.4, 0],
      [0.6, 1],
      [
        [0, colours.fore[0]],
        [0.5, colours.fore[1]],
        [1, colours.fore[2]],
      ],
    ) +
    linear(
      'hind-left',
      [0.9, 0.9],
      [0.1, 0.1],
      [
        [0, colours.hind[0]],
        [1, colours.hind[1]],
      ],
    ) +
    linear(
      'fore-left',
      [0.4, 1],
      [0.6, 0],
      [
        [0, colours.fore[0]],
        [0.5, colours.fore[1]],
        [1, colours.fore[2]],
      ],
    );
  const foreMarks: readonly (readonly XY[])[] = [
    xy([31, 28, 16, 30, 2, 26]),
    xy([36, 50, 20, 54, 6, 50, -4, 48]),
    xy([34, 72, 18, 76, 4, 70, -6, 66]),
  ];
  const hindMarks: readonly (readonly XY[])[] = [xy([2, 56, -18, 58, -36, 46, -42, 34])];
  return (
    paints +
    [1, -1]
      .map((side) => {
        const over = (rim: readonly XY[]) => (side > 0 ? rim : mirrored(rim));
        const tail = side > 0 ? '' : '-left';
        const lit = side * light.y;
        return [
          scaled(
            `hind-in${tail}`,
            blob(over(HIND)),
            `url(#hind${tail})`,
            colours,
            hindMarks.map((mark) => over(wavy(mark, seed))),
            lit,
            seed + 2,
          ),
          scaled(
            `fore-in${tail}`,
            blob(over(FORE)),
            `url(#fore${tail})`,
            colours,
            foreMarks.map((mark) => over(wavy(mark, seed))),
            lit,
            seed + 4,
          ),
          kidney([24, side * 45], colours),
        ].join('');
      })
      .join('')
  );
}

/** The kidney mark that most owlet moths carry. */
function kidney([x, y]: XY, { mark, pale, pattern }: MothColours): string {
  return (
    dots([[x, y]], mark, 8.5, 0.75 * pattern) +
    dots([[x, y]], pale, 5.2, 0.8 * pattern) +
    dots([[x - 0.6, y]], mark, 2.6, 0.6 * pattern)
  );
}

export function roof(colours: MothColours, light: Point, seed: number): string {
  const marks: readonly (readonly XY[])[] = [
    xy([10, 22, 4, 12, 4, 0]),
    xy([-18, 31, -22, 18, -16, 0]),
    xy([-40, 38, -46, 22, -44, 0]),
    xy([-56, 38, -58, 20, -57, 0]),
  ];
  const paint = linear(
    'roof',
    [1, 0.5],
    [0, 0.5],
    [
      [0, colours.fore[0]],
      [0.45, colours.fore[1]],
      [1, colours.fore[2]],
    ],
  );
  return (
    paint +
    [1, -1]
      .map((side) => {
        const over = (rim: readonly XY[]) => (side > 0 ? rim : mirrored(rim));
        return (
          scaled(
            `roof-in${side}`,
            blob(over(ROOF)),
            'url(#roof)',
            colours,
            marks.map((mark) => over(wavy(mark, seed))),
            side * light.y,
            seed + 3,
          ) +
          kidney([-31, side * 18], colours) +
          dots([[-8, side * 13]], colours.mark, 4.6, 0.5 * colours.pattern)
        );
      })
      .join('') +
    line('M14 0L-63 0', colours.mark, 1.4, 0.7)
  );
}

export function blurredWings({ fore, hind }: MothColours, gait: number): string {
  return [1, -1]
    .map(
      (side) =>
        beatingWing(`hind${side}`, [4, side * 10], 70, side * 92, side * 138, hind[1], gait + 0.08, 1.9) +
        beatingWing(`fore${side}`, [22, side * 10], 84, side * 52, side * 112, fore[1], gait, 2),
    )
    .join('');
}
