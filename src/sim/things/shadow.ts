import { closedCurve, mirrored, type XY, xy } from '../drawing/curves.js';
import { type Drawing, thingOf } from '../drawing/posed.js';
import { ellipseRim } from '../geometry.js';
import type { Thing } from '../species.js';

const BIRD_SIDE: readonly XY[] = xy([44, 4, 30, 8, 22, 12, 27, 28, 18, 46, 6, 50, 5, 30, -8, 11, -30, 8, -50, 13]);
const BIRD = closedCurve([[50, 0], ...BIRD_SIDE, [-42, 0], ...mirrored(BIRD_SIDE).toReversed()]);
const LEAF = closedCurve(xy([50, 0, 30, 17, 2, 25, -24, 18, -38, 4, -50, 1, -38, -4, -24, -18, 2, -25, 30, -17]));
const STEM = 'M-50 -4H50V4H-50Z';

/** A shadow of what is not in the picture: dark, without an outline, softer the higher its thing is. */
function shade(path: string, softness: number, darkness: number): Drawing {
  return () => {
    const rim = ellipseRim(0, 0, 50, 50);
    return {
      defs: `<filter id="far" x="-40%" y="-40%" width="180%" height="180%"><feGaussianBlur stdDeviation="${softness}"/></filter>`,
      body: `<path d="${path}" fill="#04140a" fill-opacity="${darkness}" filter="url(#far)"/>`,
      silhouette: '',
      outline: rim,
      reach: rim.map(({ x, y }) => ({ x: x * 1.25, y: y * 1.25 })),
    };
  };
}

const SHADES: readonly (readonly [string, Drawing])[] = [
  ['shadow-bird', shade(BIRD, 3.4, 0.42)],
  ['shadow-leaf', shade(LEAF, 2.2, 0.46)],
  ['shadow-stem', shade(STEM, 2.6, 0.4)],
];

export const SHADOWS: readonly Thing[] = SHADES.map(([id, drawing]) =>
  thingOf({
    id,
    kind: 'shadow',
    colour: 'dark',
    target: null,
    lengthRange: { min: 220, max: 480 },
    thickness: 0,
    drawing,
  }),
);
