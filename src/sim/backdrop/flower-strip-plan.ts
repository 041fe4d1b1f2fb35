import { FIELD, type Point } from '../geometry.js';
import { between, mixSeed, pick, type Random, randomFrom } from '../random.js';
import type { FlowerHead, FlowerKind } from './flower-head.js';

const DAISY: FlowerKind = {
  petals: [20, 24],
  rings: 1,
  slender: 0.25,
  petal: ['#dfe3d0', '#f6f6ee', '#ffffff'],
  streak: '#a9b0a2',
  disc: 0.31,
  floret: ['#f4c21c', '#d9a80f', '#7c5206'],
  notched: false,
};

const MARIGOLD: FlowerKind = {
  petals: [24, 28],
  rings: 3,
  slender: 0.21,
  petal: ['#c65a08', '#f08a12', '#ffb027'],
  streak: '#b4520a',
  disc: 0.26,
  floret: ['#9a4a10', '#7b340c', '#3c1706'],
  notched: false,
};

const COSMOS: FlowerKind = {
  petals: [8, 8],
  rings: 1,
  slender: 0.66,
  petal: ['#a22a70', '#d765a6', '#efa2cd'],
  streak: '#9c3475',
  disc: 0.2,
  floret: ['#f3cb2a', '#e0a916', '#7d4f06'],
  notched: true,
};

const CORNFLOWER: FlowerKind = {
  petals: [13, 16],
  rings: 2,
  slender: 0.34,
  petal: ['#2f2f94', '#3f5bd6', '#6f92f2'],
  streak: '#242a80',
  disc: 0.24,
  floret: ['#7a4fc0', '#4d2f94', '#1d1650'],
  notched: true,
};

/** The heads that stand in focus; no two overlap by much. */
export function planFlowerStrip(seed: number): readonly FlowerHead[] {
  const random = randomFrom(mixSeed(seed, 0xf10));
  const places: readonly Point[] = [
    { x: 250, y: 235 },
    { x: 690, y: 160 },
    { x: 1075, y: 330 },
    { x: 560, y: 510 },
    { x: 930, y: 620 },
    { x: 150, y: 610 },
  ];
  const kinds = [DAISY, MARIGOLD, COSMOS, CORNFLOWER];
  const first = Math.floor(random() * kinds.length);
  return places.map(({ x, y }, index) => ({
    centre: { x: x + between(random, -40, 40), y: y + between(random, -30, 30) },
    radius: between(random, 118, 168),
    squash: between(random, 0.68, 0.97),
    leanRad: between(random, -0.6, 0.6),
    kind: index < kinds.length ? (kinds[(first + index) % kinds.length] as FlowerKind) : pick(random, kinds),
  }));
}

/** Mostly on a flower head, nearer to its middle than to its rim. */
export function flowerSeat(heads: readonly FlowerHead[], random: Random): Point {
  const { centre, radius, squash, leanRad } = heads[Math.floor(random() * heads.length)] as FlowerHead;
  const angle = between(random, 0, 2 * Math.PI);
  const reach = radius * Math.sqrt(between(random, 0.01, 0.45));
  const [across, along] = [Math.cos(angle) * reach, Math.sin(angle) * reach * squash];
  return {
    x: clampTo(centre.x + across * Math.cos(leanRad) - along * Math.sin(leanRad), FIELD.width),
    y: clampTo(centre.y + across * Math.sin(leanRad) + along * Math.cos(leanRad), FIELD.height),
  };
}

const clampTo = (value: number, limit: number): number => Math.min(limit - 40, Math.max(40, value));
