import type { Point } from '../geometry.js';

export type Pose = 'straight' | 'arched' | 'curled';

/** Places from head to tail of a body of length 1 that looks to the right. */
export function spineOf(pose: Pose, gait: number): readonly Point[] {
  const bend = (share: number): number => {
    const wriggle = 0.25 * Math.sin(2 * Math.PI * (share + gait));
    if (pose === 'curled') return Math.PI * 1.75 * share - Math.PI * 0.2;
    if (pose === 'arched') return Math.PI * 0.95 * (share - 0.5) + wriggle * 0.4;
    return wriggle;
  };
  const steps = 40;
  const places: Point[] = [{ x: 0, y: 0 }];
  for (let step = 0; step < steps; step += 1) {
    const last = places[step] as Point;
    const angle = Math.PI + bend((step + 0.5) / steps);
    places.push({ x: last.x + Math.cos(angle) / steps, y: last.y + Math.sin(angle) / steps });
  }
  const centre = {
    x: places.reduce((sum, { x }) => sum + x, 0) / places.length,
    y: places.reduce((sum, { y }) => sum + y, 0) / places.length,
  };
  return places.map(({ x, y }) => ({ x: x - centre.x, y: y - centre.y }));
}
