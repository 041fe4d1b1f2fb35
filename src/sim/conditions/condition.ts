import type { RgbImage } from '../../types.js';
import type { View } from '../geometry.js';
import type { Grade } from './grade.js';
import type { LightMap } from './light-map.js';

/** How the light falls and what the camera makes of it. The scene and its truth stay the same. */
export interface Condition {
  readonly name: string;
  readonly title: string;
  /** Colours as this light shows them; null leaves them as they are painted. */
  readonly grade: Grade | null;
  /** How dark shadows are beside fair daylight's, which is 1. */
  readonly shadow: number;
  /** Light that is not the same everywhere in the picture, once a camera. */
  readonly lightMap: ((seed: number, view: View) => Promise<LightMap>) | null;
  /** What stands before the lens, once a camera. */
  readonly lens: ((seed: number, view: View) => Promise<Lens>) | null;
  /** Length of a smear in field units, and the angle at a time of the scene. */
  readonly shake: Shake | null;
  /** Standard deviation of the sensor's noise in levels of 0 to 255. */
  readonly noise: number;
  /** Of the JPEG, 1 to 100. */
  readonly quality: number;
}

export interface Shake {
  readonly reach: number;
}

/** Bends the picture in place, as drops do. */
export type Lens = (picture: RgbImage) => void;
