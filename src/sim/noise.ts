import { lerp } from './geometry.js';

/** 0 to 1, the same for the same lattice point and seed. */
export function lattice(x: number, y: number, seed: number): number {
  let hash = Math.imul(x, 0x27d4eb2d) ^ Math.imul(y, 0x165667b1) ^ seed;
  hash = Math.imul(hash ^ (hash >>> 15), 0x2c1b3c6d);
  hash = Math.imul(hash ^ (hash >>> 12), 0x297a2d39);
  return ((hash ^ (hash >>> 15)) >>> 0) / 4294967296;
}

/** Value noise, 0 to 1, one bump a unit. */
export function smoothNoise(x: number, y: number, seed: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  const [u, v] = [x - left, y - top];
  const [us, vs] = [u * u * (3 - 2 * u), v * v * (3 - 2 * v)];
  return lerp(
    lerp(lattice(left, top, seed), lattice(left + 1, top, seed), us),
    lerp(lattice(left, top + 1, seed), lattice(left + 1, top + 1, seed), us),
    vs,
  );
}

/** Three octaves of value noise, 0 to 1. */
export function cloudNoise(x: number, y: number, seed: number): number {
  return (
    (smoothNoise(x, y, seed) * 4 +
      smoothNoise(x * 2.1, y * 2.1, seed + 1) * 2 +
      smoothNoise(x * 4.3, y * 4.3, seed + 2)) /
    7
  );
}

/** How far the nearest border between two Voronoi cells is, in cells: 0 on it, about 0.5 in a cell's middle. */
export function cellBorder(x: number, y: number, seed: number): number {
  const [left, top] = [Math.floor(x), Math.floor(y)];
  let nearest = 9;
  let second = 9;
  for (let row = top - 1; row <= top + 1; row += 1)
    for (let column = left - 1; column <= left + 1; column += 1) {
      const dx = column + 0.1 + 0.8 * lattice(column, row, seed) - x;
      const dy = row + 0.1 + 0.8 * lattice(column, row, seed ^ 0x5bd1e995) - y;
      const distance = dx * dx + dy * dy;
      if (distance < nearest) {
        second = nearest;
        nearest = distance;
      } else if (distance < second) second = distance;
    }
  return Math.sqrt(second) - Math.sqrt(nearest);
}
