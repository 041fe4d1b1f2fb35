import type { RgbImage } from '../types.js';
import type { View } from './geometry.js';
import type { PlacedThing } from './placed-thing.js';

/** A place to look at: what never moves, and what lives there. Equal seeds and times give equal pictures. */
export interface Scene {
  readonly name: string;
  readonly title: string;
  /** The condition that it is shown in unless told. */
  readonly usualCondition: string;
  /** The bare place, once a camera. */
  paintBackdrop(seed: number, view: View): Promise<RgbImage>;
  /** @param empty without any animal, as most frames of a real camera are. */
  populate(seed: number, empty: boolean): Population;
}

export interface Population {
  /** What lies there for good, under everything that moves: spots, drops, weeds. */
  readonly fixtures: readonly PlacedThing[];
  /** Who and what comes and goes, the lowest first. @param timeMs scene time since the camera began. */
  thingsAt(timeMs: number): readonly PlacedThing[];
}
