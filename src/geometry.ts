import type { Box } from './types.js';

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
