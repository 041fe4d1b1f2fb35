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
  /** Rims of convex parts that hide what lies under them; where absent, all within the outline's hull is hidden. */
  readonly parts?: readonly (readonly Point[])[] | undefined;
  /** All that is drawn, antennae included. */
  readonly reach: readonly Point[];
}

/** Hundredths on either side of 0 whose text is kept: a figure is thousands of small numbers. */
const KEPT = 20_000;
const texts: (string | undefined)[] = new Array(2 * KEPT + 1).fill(undefined);

/** Numbers in SVG: two decimals keep equal figures equal as text. */
export function n(value: number): string {
  const hundredths = Math.round(value * 100);
  if (Math.abs(hundredths) > KEPT) return String(hundredths / 100);
  const text = texts[hundredths + KEPT] ?? String(hundredths / 100);
  texts[hundredths + KEPT] = text;
  return text;
}

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

/** Turns a figure that was drawn looking to the right. */
export function turned(figure: Figure, radians: number): Figure {
  const turn = (svg: string) => `<g transform="rotate(${n((radians * 180) / Math.PI)})">${svg}</g>`;
  return {
    defs: figure.defs,
    body: turn(figure.body),
    silhouette: turn(figure.silhouette),
    outline: figure.outline.map((point) => rotate(point, radians)),
    parts: figure.parts?.map((part) => part.map((point) => rotate(point, radians))),
    reach: figure.reach.map((point) => rotate(point, radians)),
  };
}

/** Light comes from above left of the picture, however the thing is turned: its direction in the thing's own frame. */
export function lightFor(headingRad: number): Point {
  return rotate({ x: -0.6, y: -0.8 }, -headingRad);
}
