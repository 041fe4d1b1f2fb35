import { n, smoothLine, stroke } from '../figure.js';
import type { Point } from '../geometry.js';
import { between, type Random } from '../random.js';

/** The look of one kind of plant. */
export interface FoliageColours {
  /** From the leaf's edge to its middle. */
  readonly blade: readonly [string, string];
  readonly vein: string;
  readonly stalk: string;
}

/** Something in SVG three times: its colours, its heights in grey, and in white where it covers what lies behind it. */
export interface ReliefDrawing {
  readonly colour: string;
  readonly height: string;
  readonly cover: string;
}

interface LeafShape {
  readonly at: Point;
  readonly headingRad: number;
  readonly length: number;
  readonly width: number;
  /** 0 to 1 of the height map's range. */
  readonly level: number;
}

/** A broad leaf on its stalk, with a midrib, side veins and a wavy rim; the number keeps its gradients apart from other leaves'. */
export function drawLeaf(shape: LeafShape, colours: FoliageColours, random: Random, number: number): ReliefDrawing {
  const { at, headingRad, length, width, level } = shape;
  const bend = between(random, -0.14, 0.14) * length;
  const spine = (share: number): Point => ({ x: share * length, y: bend * share * share });
  const half = (share: number) => width * 0.5 * Math.sin(Math.PI * Math.min(1, share * 1.02) ** 0.78) ** 0.85;
  const stalk = 0.22;
  const waves = between(random, 5, 8);
  const phase = between(random, 0, 6);
  const edge = (side: number) =>
    Array.from({ length: 29 }, (_, index) => {
      const share = index / 28;
      const wave = 1 + 0.05 * Math.sin(share * waves * 6.28 + phase * side) + 0.03 * Math.sin(share * 41 + phase);
      const middle = spine(stalk + share * (1 - stalk));
      return { x: middle.x, y: middle.y + side * half(share) * wave };
    });
  const rim = `${smoothLine([...edge(-1), ...edge(1).toReversed()])}Z`;
  const rib = smoothLine([0, 0.25, 0.5, 0.75, 0.97].map(spine));
  const veins = [0.3, 0.4, 0.5, 0.6, 0.7, 0.8].flatMap((share) =>
    [-1, 1].map((side) => {
      const from = spine(share);
      const reach = half((share + 0.12 - stalk) / (1 - stalk)) * 0.86;
      const tip = spine(share + 0.14);
      const middle = spine(share + 0.05);
      return smoothLine([
        from,
        { x: middle.x, y: middle.y + side * reach * 0.5 },
        { x: tip.x, y: tip.y + side * reach },
      ]);
    }),
  );
  const turn = `transform="translate(${n(at.x)} ${n(at.y)}) rotate(${n((headingRad * 180) / Math.PI)})"`;
  const id = `leaf${number}`;
  const [outer, inner] = colours.blade;
  const across = (stops: readonly (readonly [number, string])[], name: string) =>
    `<linearGradient id="${name}" gradientUnits="userSpaceOnUse" x1="0" y1="${n(-width / 2)}" x2="0" y2="${n(width / 2)}">${stops
      .map(([offset, colour]) => `<stop offset="${offset}" stop-color="${colour}"/>`)
      .join('')}</linearGradient>`;
  const grey = (share: number) => {
    const value = Math.round(255 * Math.min(1, Math.max(0, share)));
    return `rgb(${value},${value},${value})`;
  };
  // Three outlines of falling width make a soft edge for a fraction of a blur's cost.
  const shadow = `<g transform="translate(8 11)"><g ${turn} fill="#04100a" stroke="#04100a" stroke-linejoin="round">${[
    14, 8, 2,
  ]
    .map((edge) => `<path d="${rim}" opacity="0.24" stroke-width="${edge}"/>`)
    .join('')}</g></g>`;
  const colour = [
    `<defs>${across(
      [
        [0, outer],
        [0.42, inner],
        [0.5, inner],
        [0.58, inner],
        [1, outer],
      ],
      id,
    )}</defs>`,
    shadow,
    `<g ${turn}>`,
    stroke(smoothLine([spine(0), spine(stalk / 2), spine(stalk + 0.04)]), colours.stalk, width * 0.075),
    `<path d="${rim}" fill="url(#${id})"/>`,
    ...veins.map((vein) => stroke(vein, colours.vein, width * 0.014, 0.6)),
    stroke(rib, colours.vein, width * 0.042, 0.9),
    '</g>',
  ].join('');
  const height = [
    `<defs>${across(
      [
        [0, grey(level - 0.16)],
        [0.2, grey(level - 0.02)],
        [0.36, grey(level)],
        [0.5, grey(level - 0.12)],
        [0.64, grey(level)],
        [0.8, grey(level - 0.02)],
        [1, grey(level - 0.16)],
      ],
      `${id}h`,
    )}</defs>`,
    `<g ${turn}>`,
    stroke(smoothLine([spine(0), spine(stalk + 0.04)]), grey(level - 0.05), width * 0.075),
    `<path d="${rim}" fill="url(#${id}h)"/>`,
    ...veins.map((vein) => stroke(vein, grey(level - 0.1), width * 0.03, 0.55)),
    '</g>',
  ].join('');
  const cover = `<g ${turn}>${stroke(smoothLine([spine(0), spine(stalk + 0.04)]), '#fff', width * 0.075)}<path d="${rim}" fill="#fff"/></g>`;
  return { colour, height, cover };
}

/** A rosette seen from above: old leaves outside and low, young ones inside and high. */
export function drawRosette(
  centre: Point,
  radius: number,
  colours: FoliageColours,
  random: Random,
  firstNumber: number,
): readonly ReliefDrawing[] {
  const count = Math.round(between(random, 12, 15));
  const start = between(random, 0, 6.28);
  return Array.from({ length: count }, (_, index) => {
    const age = 1 - index / count;
    const length = radius * (0.3 + 0.7 * age ** 0.8) * between(random, 0.9, 1.08);
    return drawLeaf(
      {
        at: centre,
        headingRad: start + index * 2.399963 + between(random, -0.2, 0.2),
        length,
        width: length * between(random, 0.56, 0.7),
        level: 0.42 + 0.5 * (1 - age),
      },
      colours,
      random,
      firstNumber + index,
    );
  });
}
