import type { Size } from '../types.js';
import { boundsOf, viewOf } from './geometry.js';
import type { TruthBox } from './placed-thing.js';
import { sceneNamed } from './scenes.js';

export const DEFAULT_INTERVAL_MS = 1000;

/**
 * What one frame shows, for tests and evaluation: it never travels with the frame.
 * @param intervalMs the camera's: frame n is the scene after n intervals.
 * @throws FieldscoutError SOURCE_INVALID for an unknown scene.
 */
export function truthAt(
  scene: string,
  seed: number,
  frameNumber: number,
  size: Size,
  intervalMs = DEFAULT_INTERVAL_MS,
): readonly TruthBox[] {
  const view = viewOf(size);
  return sceneNamed(scene)
    .populate(seed)
    .thingsAt(frameNumber * intervalMs)
    .flatMap((thing) => {
      const rim = thing.figure.outline.map((point) => ({
        x: (point.x + thing.x) * view.scale + view.offsetX,
        y: (point.y + thing.y) * view.scale + view.offsetY,
      }));
      const seen = rim.filter(({ x, y }) => x >= 0 && y >= 0 && x <= size.width && y <= size.height);
      const whole = boundsOf(rim);
      if (seen.length === 0) return [];
      const box = seen.length === rim.length ? whole : boundsOf(seen);
      const visible = (box.width * box.height) / (whole.width * whole.height);
      return visible > 0 ? [{ id: thing.id, target: thing.target, box, visible }] : [];
    });
}
