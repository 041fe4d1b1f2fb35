import { paintFlowerStrip } from './backdrop/flower-strip-backdrop.js';
import { flowerSeat, planFlowerStrip } from './backdrop/flower-strip-plan.js';
import { FIELD } from './geometry.js';
import { type Cast, lengthsByNature, populationOf } from './population/cast.js';
import { propsOf } from './population/props.js';
import { between } from './random.js';
import type { Scene } from './scene.js';

/** A daisy of 45 mm is 290 units across. */
const UNITS_PER_MM = 6.4;

/** Flower heads from above: bees and hoverflies come and go, beetles and aphids stay. */
export const flowerStripScene: Scene = {
  name: 'flower-strip',
  title: 'Flower heads with bees, hoverflies and beetles',
  usualCondition: 'day',
  paintBackdrop: paintFlowerStrip,
  populate: (seed, empty) => populationOf(castOf(seed), seed, empty),
};

function castOf(seed: number): Cast {
  const heads = planFlowerStrip(seed);
  return {
    seat: (random) => flowerSeat(heads, random),
    lengthOf: lengthsByNature(UNITS_PER_MM, 20),
    roles: [
      { kinds: ['bee'], count: [2, 4], habit: 'flies' },
      { kinds: ['hoverfly'], count: [2, 3], habit: 'flies' },
      { kinds: ['beetle', 'weevil', 'ladybird'], count: [2, 4], habit: 'walks' },
      { kinds: ['aphid', 'thrips'], count: [5, 9], habit: 'colony' },
      { kinds: ['spider', 'stink bug', 'caterpillar', 'lacewing'], count: [0, 2], habit: 'walks' },
      { kinds: ['moth'], count: [0, 1], habit: 'flies' },
    ],
    props: propsOf({
      lying: [
        { kinds: ['water drop'], count: [2, 5], size: 0.7 },
        { kinds: ['petal'], count: [1, 3], size: 0.6 },
      ],
      over: [{ kinds: ['tag'], count: [0, 1], size: 0.9 }],
      hand: 1,
      seat: (random) =>
        random() < 0.6
          ? flowerSeat(heads, random)
          : { x: between(random, 60, FIELD.width - 60), y: between(random, 60, FIELD.height - 60) },
    }),
  };
}
