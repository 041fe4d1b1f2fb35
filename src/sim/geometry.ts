import type { Box, Size } from '../types.js';

export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * Scenes are laid out on this field, whatever the picture's size; the picture shows the middle of it, as large as it
 * can without a border.
 */
export const FIELD: Size = { width: 1280, height: 720 };

/** Field units to frame pixels: `pixel = field * scale + offset`. */
export interface View {
  readonly frame: Size;
  readonly scale: number;
  readonly offsetX: number;
  readonly offsetY: number;
}

export function viewOf(frame: Size): View {
  const scale = Math.max(frame.width / FIELD.width, frame.height / FIELD.height);
  return {
    frame,
    scale,
    offsetX: (frame.width - FIELD.width * scale) / 2,
    offsetY: (frame.height - FIELD.height * scale) / 2,
  };
}

/** @throws RangeError for no points. */
export function boundsOf(points: readonly Point[]): Box {
  if (points.length === 0) throw new RangeError('no points have no bounds');
  const xs = points.map((point) => point.x);
  const ys = points.map((point) => point.y);
  const x = Math.min(...xs);
  const y = Math.min(...ys);
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

export function rotate({ x, y }: Point, radians: number): Point {
  const cos = Math.cos(radians);
  const sin = Math.sin(radians);
  return { x: x * cos - y * sin, y: x * sin + y * cos };
}

/** Sixteen points of an ellipse's rim. */
export function ellipseRim(x: number, y: number, rx: number, ry: number): readonly Point[] {
  return Array.from({ length: 16 }, (_, index) => {
    const angle = (index / 16) * 2 * Math.PI;
    return { x: x + rx * Math.cos(angle), y: y + ry * Math.sin(angle) };
  });
}

export function lerp(from: number, to: number, share: number): number {
  return from + (to - from) * share;
}

/** 0 below `low`, 1 above `high`, smooth between. */
export function smoothstep(low: number, high: number, value: number): number {
  const share = Math.min(1, Math.max(0, (value - low) / (high - low)));
  return share * share * (3 - 2 * share);
}

/** The smallest convex polygon around the points, by Andrew's monotone chain. */
export function convexHull(points: readonly Point[]): readonly Point[] {
  const sorted = points.toSorted((a, b) => a.x - b.x || a.y - b.y);
  const chain = (ordered: readonly Point[]): Point[] => {
    const hull: Point[] = [];
    for (const point of ordered) {
      while (hull.length > 1 && turnOf(hull.at(-2) as Point, hull.at(-1) as Point, point) <= 0) hull.pop();
      hull.push(point);
    }
    return hull.slice(0, -1);
  };
  return [...chain(sorted), ...chain(sorted.toReversed())];
}

/** Whether a convex polygon as `convexHull` gives it holds the point, border included. */
export function isInside(point: Point, hull: readonly Point[]): boolean {
  if (hull.length < 3) return false;
  return hull.every((corner, index) => turnOf(corner, hull[(index + 1) % hull.length] as Point, point) >= 0);
}

/** Above 0 where the way from `a` over `b` to `c` turns as the x axis does towards the y axis. */
function turnOf(a: Point, b: Point, c: Point): number {
  return (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);
}
