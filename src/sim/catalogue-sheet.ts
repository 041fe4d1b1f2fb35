import sharp from 'sharp';
import { SPECIES, THINGS } from './catalogue.js';
import type { Figure } from './figure.js';
import { boundsOf } from './geometry.js';
import { type Sprite, SpriteStore } from './sprite.js';

export interface SheetOptions {
  /** Side of one cell in pixels. */
  readonly cellPx?: number;
  readonly columns?: number;
  /** Only what this is true for. */
  readonly where?: (id: string) => boolean;
  /** Number of the individual that is shown. */
  readonly individual?: number;
}

/** Every form and thing of the catalogue, each as large as its cell lets it be, as a JPEG. */
export async function catalogueSheet(options: SheetOptions = {}): Promise<Uint8Array> {
  const { cellPx = 160, columns = 12, where = () => true, individual = 0 } = options;
  const entries = [
    ...SPECIES.flatMap(({ forms }) =>
      forms.map((form) => ({
        id: form.id,
        thickness: form.thickness,
        draw: (length: number) => form.draw(length, -0.7, 0.15, individual),
      })),
    ),
    ...THINGS.map((thing) => ({
      id: thing.id,
      thickness: thing.thickness,
      draw: (length: number) => thing.draw(length, 0, individual),
    })),
  ].filter(({ id }) => where(id));
  const rows = Math.ceil(entries.length / columns);
  const store = new SpriteStore();
  const layers = [];
  for (const [index, entry] of entries.entries()) {
    const length = fitted(entry.draw, cellPx);
    const sprite = await store.spriteOf(entry.draw(length), entry.thickness * length);
    layers.push(layer(sprite, (index % columns) * cellPx, Math.floor(index / columns) * cellPx, cellPx));
  }
  const [width, height] = [columns * cellPx, rows * cellPx];
  return sharp(Buffer.from(ground(width, height)))
    .composite(layers)
    .jpeg({ quality: 88 })
    .toBuffer();
}

/** The length at which a drawing fills most of its cell. */
function fitted(draw: (length: number) => Figure, cellPx: number): number {
  const { width, height } = boundsOf(draw(100).reach);
  return (100 * cellPx * 0.86) / Math.max(width, height);
}

function layer(sprite: Sprite, left: number, top: number, cellPx: number) {
  const { data, width, height } = sprite;
  return {
    input: Buffer.from(data.buffer, data.byteOffset, data.length),
    raw: { width, height, channels: 4 as const },
    left: Math.max(0, Math.round(left + (cellPx - width) / 2)),
    top: Math.max(0, Math.round(top + (cellPx - height) / 2)),
  };
}

/** Leaf green, lighter at the upper left where the light of every figure comes from. */
function ground(width: number, height: number): string {
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><defs><linearGradient id="leaf" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#7fa05a"/><stop offset="1" stop-color="#577a41"/></linearGradient></defs><rect width="${width}" height="${height}" fill="url(#leaf)"/></svg>`;
}
