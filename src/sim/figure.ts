import { type Point, rotate } from './geometry.js';

/** A thing drawn in field units around its own place (0, 0), turned to its heading. */
export interface Figure {
  /** Gradients and filters that `body` refers to. */
  readonly defs: string;
  readonly body: string;
  /** What casts the shadow, in black. */
  readonly silhouette: string;
  /** Rim of the body with its legs: the truth's box is drawn around these. */
  readonly outline: readonly Point[];
  /** All that is drawn, antennae included. */
  readonly reach: readonly Point[];
}

/** Numbers in SVG: two decimals keep equal figures equal as text. */
export const n = (value: number): string => String(Math.round(value * 100) / 100);

/** An open line through points, rounded at each of them. */
export function smoothLine(points: readonly Point[]): string {
  const [first, ...rest] = points;
  if (first === undefined) return '';
  const last = rest.at(-1);
  const middles = rest.slice(0, -1).map((point, index) => {
    const next = rest[index + 1] as Point;
    return `Q${n(point.x)} ${n(point.y)} ${n((point.x + next.x) / 2)} ${n((point.y + next.y) / 2)}`;
  });
  return `M${n(first.x)} ${n(first.y)}${middles.join('')}${last ? `L${n(last.x)} ${n(last.y)}` : ''}`;
}

export function stroke(path: string, colour: string, width: number, opacity = 1): string {
  return `<path d="${path}" fill="none" stroke="${colour}" stroke-width="${n(width)}" stroke-opacity="${n(opacity)}" stroke-linecap="round" stroke-linejoin="round"/>`;
}

export function ellipse(x: number, y: number, rx: number, ry: number, fill: string, opacity = 1): string {
  return `<ellipse cx="${n(x)}" cy="${n(y)}" rx="${n(rx)}" ry="${n(ry)}" fill="${fill}" fill-opacity="${n(opacity)}"/>`;
}

/** A jointed leg: hip, knee, ankle, toe. */
export type Leg = readonly [Point, Point, Point, Point];

interface LegStyle {
  readonly upper: string;
  readonly lower: string;
  readonly width: number;
}

/** Each leg as a thick thigh, a thinner shin and a fine foot, with a line of light along the thigh. */
export function drawLegs(legs: readonly Leg[], style: LegStyle): string {
  return legs
    .map(([hip, knee, ankle, toe]) => {
      const line = (from: Point, to: Point) => `M${n(from.x)} ${n(from.y)}L${n(to.x)} ${n(to.y)}`;
      return [
        stroke(line(hip, knee), style.upper, style.width),
        stroke(line(knee, ankle), style.lower, style.width * 0.7),
        stroke(line(ankle, toe), style.lower, style.width * 0.5),
        stroke(line(hip, knee), '#fff', style.width * 0.25, 0.3),
      ].join('');
    })
    .join('');
}

/**
 * Six legs that step as insects do: three stand while three swing.
 * @param spread how far the toes reach from the body's axis.
 * @param gait steps taken so far; one cycle is 1.
 */
export function sixLegs(hips: readonly Point[], spread: number, gait: number): readonly Leg[] {
  const directions = [0.75, 0.05, -0.85];
  return [-1, 1].flatMap((side) =>
    hips.map((hip, index): Leg => {
      const phase = gait + (index % 2 === (side > 0 ? 0 : 1) ? 0 : 0.5);
      const swing = Math.sin(2 * Math.PI * phase) * 0.16;
      const forward = (directions[index] as number) + swing;
      const reach = spread * (1 + 0.14 * index * index * 0.5);
      const from = { x: hip.x, y: hip.y * side };
      const along = (share: number, lean: number): Point => ({
        x: from.x + forward * reach * lean,
        y: from.y + side * reach * share,
      });
      return [from, along(0.42, 0.55), along(0.86, 0.8), along(1, 1.02)];
    }),
  );
}

/** Turns a figure that was drawn looking to the right. */
export function turned(figure: Figure, radians: number): Figure {
  const turn = (svg: string) => `<g transform="rotate(${n((radians * 180) / Math.PI)})">${svg}</g>`;
  return {
    defs: figure.defs,
    body: turn(figure.body),
    silhouette: turn(figure.silhouette),
    outline: figure.outline.map((point) => rotate(point, radians)),
    reach: figure.reach.map((point) => rotate(point, radians)),
  };
}

/** Light comes from above left of the picture, however the thing is turned: its direction in the thing's own frame. */
export function lightFor(headingRad: number): Point {
  return rotate({ x: -0.6, y: -0.8 }, -headingRad);
}
