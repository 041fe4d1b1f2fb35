import type { Point } from '../geometry.js';
import { openCurve, pair, type XY } from './curves.js';
import { fill, line } from './skin.js';

/** A jointed limb from its root to its tip. */
export type Limb = readonly XY[];

export interface LimbStyle {
  /** The thick parts next to the body. */
  readonly upper: string;
  readonly lower: string;
  /** The last part, where it differs. */
  readonly foot?: string;
  /** Width of the limb at each of its places. */
  readonly widths: readonly number[];
}

/** How far each joint of a leg goes along with its toe. */
const FOLLOW = [0, 0.42, 0.8, 1];

/**
 * Legs of both sides in step as insects walk: three stand while three swing.
 * @param right the legs of the side y > 0, from front to back: root, knee, ankle, toe.
 * @param stride how far a toe moves to either side of its place, in units of the drawing.
 */
export function stepping(right: readonly Limb[], gait: number, stride: number): readonly Limb[] {
  return [1, -1].flatMap((side) =>
    right.map((leg, index): Limb => {
      const phase = gait + ((index + (side > 0 ? 0 : 1)) % 2) * 0.5;
      const swing = Math.sin(2 * Math.PI * phase) * stride;
      return leg.map(([x, y], joint) => [x + swing * (FOLLOW[joint] ?? 1), y * side]);
    }),
  );
}

/** Each limb tapered, dark towards its tip, with a line of light on the side that faces the light. */
export function drawLimbs(limbs: readonly Limb[], style: LimbStyle, light: Point): string {
  return limbs
    .map((limb) => {
      const [root, knee] = [limb[0] as XY, limb[1] as XY];
      const width = style.widths[0] as number;
      const lean = width * 0.2;
      const lit = `M${pair([root[0] + light.x * lean, root[1] + light.y * lean])}L${pair([knee[0] + light.x * lean, knee[1] + light.y * lean])}`;
      const far = limb.slice(1);
      return [
        far.length > 1 ? fill(tapered(far, style.widths.slice(1)), style.lower) : '',
        style.foot ? fill(tapered(limb.slice(-2), style.widths.slice(-2)), style.foot) : '',
        fill(tapered(limb.slice(0, 2), style.widths), style.upper),
        line(lit, '#fff', width * 0.22, 0.28),
        line(`M${pair(knee)}h.01`, style.lower, (style.widths[1] as number) * 1.15),
      ].join('');
    })
    .join('');
}

/** The same as a shadow. */
export function limbShadows(limbs: readonly Limb[], widths: readonly number[]): string {
  return limbs.map((limb) => `<path d="${tapered(limb, widths)}"/>`).join('');
}

/** The outline of a line whose width changes from place to place. */
export function tapered(places: readonly XY[], widths: readonly number[]): string {
  const sides = places.map((place, index): readonly [XY, XY] => {
    const before = places[Math.max(0, index - 1)] as XY;
    const after = places[Math.min(places.length - 1, index + 1)] as XY;
    const [dx, dy] = [after[0] - before[0], after[1] - before[1]];
    const half = (widths[Math.min(index, widths.length - 1)] as number) / 2 / (Math.hypot(dx, dy) || 1);
    return [
      [place[0] - dy * half, place[1] + dx * half],
      [place[0] + dy * half, place[1] - dx * half],
    ];
  });
  const there = sides.map(([left]) => pair(left)).join('L');
  const back = sides
    .toReversed()
    .map(([, right]) => pair(right))
    .join('L');
  return `M${there}L${back}Z`;
}

/** A feeler, thicker at its root; given for the side y > 0 and drawn on both. */
export function feelers(right: readonly XY[], colour: string, width: number): string {
  return [1, -1]
    .map((side) => {
      const places = right.map(([x, y]): XY => [x, y * side]);
      return line(openCurve(places), colour, width * 0.62) + line(openCurve(places.slice(0, 2)), colour, width);
    })
    .join('');
}

/** The places of limbs, for outlines. */
export function places(limbs: readonly Limb[]): readonly Point[] {
  return limbs.flat().map(([x, y]) => ({ x, y }));
}

/** Places of one side and their mirror images. */
export function bothSides(right: readonly XY[]): readonly Point[] {
  return right.flatMap(([x, y]) => [
    { x, y },
    { x, y: -y },
  ]);
}
