import { APHID } from './insects/aphid.js';
import { BEE } from './insects/bee.js';
import { BEETLE } from './insects/beetle.js';
import { CATERPILLAR } from './insects/caterpillar.js';
import { CRICKET } from './insects/cricket.js';
import { GRASSHOPPER } from './insects/grasshopper.js';
import { HOVERFLY } from './insects/hoverfly.js';
import { LACEWING } from './insects/lacewing.js';
import { LADYBIRD } from './insects/ladybird.js';
import { MEALYBUG } from './insects/mealybug.js';
import { MITE } from './insects/mite.js';
import { MOTH } from './insects/moth.js';
import { PLANTHOPPER } from './insects/planthopper.js';
import { SCALE_INSECT } from './insects/scale-insect.js';
import { SPIDER } from './insects/spider.js';
import { STINK_BUG } from './insects/stink-bug.js';
import { TERMITE } from './insects/termite.js';
import { THRIPS } from './insects/thrips.js';
import { WEEVIL } from './insects/weevil.js';
import { WHITEFLY } from './insects/whitefly.js';
import type { Form, Species, Thing } from './species.js';
import { CRUMBS } from './things/crumbs.js';
import { FLOWER_HEADS } from './things/flower.js';
import { HANDS_IN } from './things/hand.js';
import { LEAF_DISEASES } from './things/leaf-disease.js';
import { PLANT_BITS } from './things/plant-bits.js';
import { SHADOWS } from './things/shadow.js';
import { TAGS } from './things/tag.js';
import { WATER_DROPS } from './things/water-drop.js';
import { WEEDS } from './things/weed.js';

export type { Form, Posture, Range, Species, Thing } from './species.js';

/** Every kind that the simulated field can show. */
export const SPECIES: readonly Species[] = [
  APHID,
  WHITEFLY,
  THRIPS,
  CATERPILLAR,
  BEETLE,
  WEEVIL,
  LADYBIRD,
  MITE,
  STINK_BUG,
  PLANTHOPPER,
  MEALYBUG,
  SCALE_INSECT,
  MOTH,
  GRASSHOPPER,
  CRICKET,
  TERMITE,
  BEE,
  HOVERFLY,
  SPIDER,
  LACEWING,
];

/** Everything else that gets into a picture. */
export const THINGS: readonly Thing[] = [
  ...WATER_DROPS,
  ...HANDS_IN,
  ...TAGS,
  ...PLANT_BITS,
  ...FLOWER_HEADS,
  ...CRUMBS,
  ...WEEDS,
  ...LEAF_DISEASES,
  ...SHADOWS,
];

/** @throws RangeError for a kind that is not in the catalogue. */
export function speciesNamed(kind: string): Species {
  const species = SPECIES.find((candidate) => candidate.kind === kind);
  if (!species) throw new RangeError(`no species '${kind}' in the catalogue`);
  return species;
}

/** A form together with the species that it belongs to. */
export interface SpeciesForm {
  readonly species: Species;
  readonly form: Form;
}

/** Every form that fits all the wishes given: `formsWhere({ colour: 'green', posture: 'walking' })`. */
export function formsWhere(wishes: {
  readonly target?: string;
  readonly kind?: string;
  readonly colour?: string;
  readonly stage?: Form['stage'];
  readonly posture?: Form['posture'];
}): readonly SpeciesForm[] {
  const fits = <T>(wish: T | undefined, value: T) => wish === undefined || wish === value;
  return SPECIES.filter((species) => fits(wishes.target, species.target) && fits(wishes.kind, species.kind)).flatMap(
    (species) =>
      species.forms
        .filter(
          (form) =>
            fits(wishes.colour, form.colour) && fits(wishes.stage, form.stage) && fits(wishes.posture, form.posture),
        )
        .map((form) => ({ species, form })),
  );
}

/** `thingsWhere({ target: null })` are the ones that nothing must find. */
export function thingsWhere(wishes: { readonly target?: string | null; readonly kind?: string }): readonly Thing[] {
  return THINGS.filter(
    (thing) =>
      (wishes.target === undefined || wishes.target === thing.target) &&
      (wishes.kind === undefined || wishes.kind === thing.kind),
  );
}
