import type { Box, LifeStage } from '../types.js';
import type { Figure } from './figure.js';
import type { Posture } from './species.js';

/** What an animal is, in the words of a caption. */
export interface Subject {
  /** The prompt sets' target id. */
  readonly target: string;
  readonly kind: string;
  readonly colour: string;
  /** A word more: `striped`, `winged`. */
  readonly marking?: string | undefined;
  readonly stage: LifeStage;
  readonly posture: Posture;
}

/** What a thing that is no animal is: a drop, a hand, a printed tag, a diseased spot. */
export interface Prop {
  readonly kind: string;
  readonly colour: string;
  /** The prompt sets' target id where a set looks for it (diseases, weeds); null where nothing must find it. */
  readonly target: string | null;
}

/** One thing at its place in a scene at one moment. The picture and the truth are both made of these, of nothing else. */
export interface PlacedThing {
  /** The same while the thing stays in the scene: what a tracker should find. */
  readonly id: string;
  /** Null for what is no animal: a drop, a hand, a tag. */
  readonly subject: Subject | null;
  /** Null for an animal. */
  readonly prop: Prop | null;
  /** Its place in field units. */
  readonly x: number;
  readonly y: number;
  /** How far its shadow falls, in field units. */
  readonly thickness: number;
  readonly figure: Figure;
}

/** Where a thing is to be seen in one picture. */
export interface Sight {
  readonly id: string;
  /** Body and legs without antennae and shadow, in frame pixels: around that part of it which the frame shows. */
  readonly box: Box;
  /** How much of it can be seen, above 0 to 1: what the border cuts off and what lies under other things is missing. */
  readonly visible: number;
}

/** An animal in one picture, as COCO would have it. */
export type TruthBox = Subject & Sight;

/** What is no animal, in one picture. */
export type PropBox = Prop & Sight;
