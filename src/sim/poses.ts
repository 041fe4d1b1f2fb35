import type { Figure } from './figure.js';
import type { Form, Thing } from './species.js';

/** How something is drawn: equal poses are one figure, so that their pixels can be kept. */
export interface Pose {
  readonly length: number;
  readonly headingRad: number;
  readonly gait: number;
  readonly individual: number;
}

const HEADINGS = 24;
const GAITS = 4;
/** Field units: of a shorter walker only the two ends of its stride are drawn, as nobody could tell what lies between. */
const FULL_STRIDE_LENGTH = 45;
const LENGTH_STEP = 1.1;
const INDIVIDUALS = 3;
const MAX_FIGURES = 1200;

/** Draws forms and things in rounded poses, and remembers the newest figures. */
export class Poses {
  private readonly figures = new Map<string, Figure>();

  figureOf(what: Form | Thing, pose: Pose): Figure {
    const length = LENGTH_STEP ** Math.round(Math.log(pose.length) / Math.log(LENGTH_STEP));
    const heading = modulo(Math.round((pose.headingRad / (2 * Math.PI)) * HEADINGS), HEADINGS);
    const gait = modulo(gaitStep(what, pose), GAITS);
    const individual = 'posture' in what ? modulo(pose.individual, INDIVIDUALS) : pose.individual;
    const key = `${what.id} ${length} ${heading} ${gait} ${individual}`;
    const known = this.figures.get(key);
    if (known) return known;
    const headingRad = (heading / HEADINGS) * 2 * Math.PI;
    const figure =
      'posture' in what
        ? what.draw(length, headingRad, gait / GAITS, individual)
        : what.draw(length, headingRad, individual);
    this.figures.set(key, figure);
    for (const oldest of this.figures.keys()) {
      if (this.figures.size <= MAX_FIGURES) break;
      this.figures.delete(oldest);
    }
    return figure;
  }
}

function gaitStep(what: Form | Thing, { length, gait }: Pose): number {
  const isShortWalker = 'posture' in what && what.posture === 'walking' && length < FULL_STRIDE_LENGTH;
  return isShortWalker ? 2 * Math.floor(gait * 2) + 1 : Math.round(gait * GAITS);
}

const modulo = (value: number, by: number): number => ((value % by) + by) % by;
