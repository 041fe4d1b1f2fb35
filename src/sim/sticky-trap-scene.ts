import { paintStickyCard } from './backdrop/sticky-card-backdrop.js';
import { cardSeat } from './backdrop/sticky-card-plan.js';
import { type Cast, lengthsByNature, populationOf } from './population/cast.js';
import { propsOf } from './population/props.js';
import type { Scene } from './scene.js';

/** The card's 1100 units are 92 mm. */
const UNITS_PER_MM = 12;

/** A yellow sticky card: what flew into the glue lies as it fell, and more comes by the minute. */
export const stickyTrapScene: Scene = {
  name: 'sticky-trap',
  title: 'A yellow sticky card with its catch',
  usualCondition: 'day',
  paintBackdrop: paintStickyCard,
  populate: (seed, empty) => populationOf(CAST, seed, empty),
};

const CAST: Cast = {
  seat: cardSeat,
  lengthOf: lengthsByNature(UNITS_PER_MM, 14),
  roles: [
    { kinds: ['whitefly'], count: [34, 56], habit: 'stuck' },
    { kinds: ['thrips'], count: [12, 22], habit: 'stuck' },
    { kinds: ['aphid'], count: [8, 16], habit: 'stuck' },
    { kinds: ['planthopper', 'hoverfly', 'lacewing'], count: [3, 6], habit: 'stuck' },
    { kinds: ['beetle', 'moth', 'ladybird', 'weevil'], count: [1, 3], habit: 'stuck' },
  ],
  props: propsOf({
    lying: [{ kinds: ['soil crumbs', 'dead leaf'], count: [2, 5], size: 0.3 }],
    over: [{ kinds: ['tag'], count: [0, 1], size: 0.8 }],
    hand: 1.1,
    seat: cardSeat,
  }),
};
