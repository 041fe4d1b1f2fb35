import type { Point } from '../geometry.js';
import type { Random } from '../random.js';

const CANDIDATES = 14;

/** Hands out places that keep away from each other: of a few drawn at random, the loneliest is taken (Mitchell 1991). */
export class Seats {
  private readonly taken: Point[] = [];

  /** @param draw one place where somebody may sit. */
  constructor(private readonly draw: (random: Random) => Point) {}

  next(random: Random): Point {
    let best = this.draw(random);
    for (let index = 1; index < CANDIDATES && this.taken.length > 0; index += 1) {
      const candidate = this.draw(random);
      if (this.loneliness(candidate) > this.loneliness(best)) best = candidate;
    }
    this.taken.push(best);
    return best;
  }

  /** Counts a place as taken that somebody else chose. */
  take(place: Point): void {
    this.taken.push(place);
  }

  private loneliness(place: Point): number {
    return Math.min(...this.taken.map((other) => Math.hypot(other.x - place.x, other.y - place.y)));
  }
}
