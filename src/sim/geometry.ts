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
