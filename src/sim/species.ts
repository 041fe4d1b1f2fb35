import type { LifeStage } from '../types.js';
import type { Figure } from './figure.js';

export type Posture = 'walking' | 'flying' | 'resting';

export interface Range {
  readonly min: number;
  readonly max: number;
}

/** One look of a kind: a colour, a stage of life and a posture. */
export interface Form {
  /** Unique in the catalogue: `aphid-green`, `moth-white-spread`. */
  readonly id: string;
  /** Plain words that a caption would use: `green`, `blue`, `red`. */
  readonly colour: string;
  /** A word more, where a caption would have one: `striped`, `hairy`, `winged`, `curled`. */
  readonly marking?: string | undefined;
  readonly stage: LifeStage;
  readonly posture: Posture;
  /** Body length in nature: head to tail, without antennae and wings. */
  readonly lengthMm: Range;
  /** Body length in field units where a scene looks closely, as `leaf` does; other scenes go by `lengthMm`. */
  readonly lengthRange: Range;
  /** How high it stands over the ground, as a share of its length: its shadow falls that far. */
  readonly thickness: number;
  /**
   * @param length body length in field units.
   * @param headingRad where its head points, clockwise from the right.
   * @param gait steps or wing beats so far; one cycle is 1.
   * @param individual any whole number: tint and build differ a little from one to the next; 0 is the type itself.
   */
  draw(length: number, headingRad: number, gait: number, individual?: number): Figure;
}

/** A kind that a picture can hold and its truth can name. */
export interface Species {
  /** The prompt sets' target id: `bug`. */
  readonly target: string;
  /** The plain word: `stink bug`. */
  readonly kind: string;
  readonly forms: readonly Form[];
}

/** What is in the picture and is no animal: a drop, a hand, a printed tag, a diseased spot, a weed. */
export interface Thing {
  /** Unique in the catalogue: `tag-aphids`, `rust-pustules`. */
  readonly id: string;
  /** The plain word: `tag`, `leaf rust`, `weed`. */
  readonly kind: string;
  readonly colour: string;
  /** The prompt sets' target id where a set looks for it (diseases, weeds, flowers); null where nothing must find it. */
  readonly target: string | null;
  /** Words that are printed on it. A printed word never counts as what it names. */
  readonly words?: string | undefined;
  /** Longest side in field units in a close look. */
  readonly lengthRange: Range;
  /** As a share of its length; 0 for what lies in the leaf's own surface and casts no shadow. */
  readonly thickness: number;
  /**
   * @param length longest side in field units.
   * @param headingRad how it is turned, clockwise.
   * @param individual any whole number: equal ones are equal in shape.
   */
  draw(length: number, headingRad: number, individual: number): Figure;
}
