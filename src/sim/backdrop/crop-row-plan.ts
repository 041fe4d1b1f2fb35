import { FIELD, type Point } from '../geometry.js';
import { between, mixSeed, type Random, randomFrom } from '../random.js';

export interface Plant {
  readonly centre: Point;
  readonly radius: number;
}

/** Where the crop stands: two rows of young plants, seen from above. */
export interface CropRowPlan {
  readonly plants: readonly Plant[];
  /** Middle line of each row, in field units from the upper border. */
  readonly rows: readonly number[];
}

export function planCropRow(seed: number): CropRowPlan {
  const random = randomFrom(mixSeed(seed, 0xc09));
  const drift = between(random, -25, 25);
  const rows = [165 + drift, 560 + drift];
  const plants = rows.flatMap((y, row) => {
    const first = between(random, -40, 60) + row * 100;
    return Array.from({ length: 6 }, (_, index) => ({
      centre: { x: first + index * 252 + between(random, -22, 22), y: y + between(random, -20, 20) },
      radius: between(random, 128, 168),
    }));
  });
  return { plants: plants.filter(({ centre }) => centre.x < FIELD.width + 130), rows };
}

/** Mostly on the leaves, sometimes on the ground between the rows. */
export function cropRowSeat(plan: CropRowPlan, random: Random): Point {
  if (random() < 0.18) return { x: between(random, 60, FIELD.width - 60), y: between(random, 320, 410) };
  const inside = plan.plants.filter(({ centre }) => centre.x > 20 && centre.x < FIELD.width - 20);
  const { centre, radius } = inside[Math.floor(random() * inside.length)] as Plant;
  const angle = between(random, 0, 2 * Math.PI);
  const reach = radius * Math.sqrt(between(random, 0.04, 0.6));
  return {
    x: Math.min(FIELD.width - 30, Math.max(30, centre.x + Math.cos(angle) * reach)),
    y: Math.min(FIELD.height - 30, Math.max(30, centre.y + Math.sin(angle) * reach)),
  };
}
