import type { Box } from '../types.js';
import type { Figure } from './figure.js';

/** One thing at its place in a scene at one moment. The picture and the truth are both made of these, of nothing else. */
export interface PlacedThing {
  /** The same while the thing stays in the scene: what a tracker should find. */
  readonly id: string;
  /** The prompt sets' target id. */
  readonly target: string;
  /** Its place in field units. */
  readonly x: number;
  readonly y: number;
  /** How far its shadow falls, in field units. */
  readonly thickness: number;
  readonly figure: Figure;
}

/** A thing in one picture, as COCO would have it. */
export interface TruthBox {
  readonly id: string;
  readonly target: string;
  /** Body and legs without antennae and shadow, in frame pixels: around that part of it which the frame shows. */
  readonly box: Box;
  /** Area of `box` as a share of the box around the whole thing, above 0 to 1. */
  readonly visible: number;
}
