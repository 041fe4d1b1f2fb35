import type { Box, Size } from './types.js';

/** Area that two boxes share in square pixels; 0 where they only touch. */
export function sharedArea(a: Box, b: Box): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return width <= 0 || height <= 0 ? 0 : width * height;
}

/** Intersection over union of two boxes, 0 to 1 (Jaccard index). */
export function iou(a: Box, b: Box): number {
  const shared = sharedArea(a, b);
  return shared === 0 ? 0 : Math.min(1, shared / (area(a) + area(b) - shared));
}

/** Area that two boxes share over the area of the smaller one, 0 to 1. */
export function intersectionOverSmaller(a: Box, b: Box): number {
  const shared = sharedArea(a, b);
  return shared === 0 ? 0 : Math.min(1, shared / Math.min(area(a), area(b)));
}

const area = ({ width, height }: Box): number => width * height;

/** The square of a side around a point, on whole pixels and moved into the frame where it would reach over its edge. */
export function squareAround(x: number, y: number, side: number, frame: Size): Box {
  const start = (middle: number, length: number) =>
    Math.max(0, Math.min(Math.round(middle - side / 2), Math.floor(length - side)));
  return { x: start(x, frame.width), y: start(y, frame.height), width: side, height: side };
}
