import type { RgbImage } from '../types.js';
import type { View } from './geometry.js';
import type { PlacedThing } from './placed-thing.js';

/** A place to look at: what never moves, and what lives there. Equal seeds and times give equal pictures. */
export interface Scene {
  readonly name: string;
  readonly title: string;
  /** What stays the same, once a camera. */
  paintBackdrop(seed: number, view: View): Promise<RgbImage>;
  /** Who lives there. */
  populate(seed: number): Population;
}

export interface Population {
  /** Who is there, the lowest first. @param timeMs scene time since the camera began. */
  thingsAt(timeMs: number): readonly PlacedThing[];
}
