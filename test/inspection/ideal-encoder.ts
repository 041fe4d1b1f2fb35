import type { ClipModel } from '../../src/clip/clip-model.js';
import type { EmbeddedPromptSet, Frame, Preprocessor, Size } from '../../src/types.js';

/** A square pest of a synthetic frame, in frame pixels. */
export interface Pest {
  readonly x: number;
  readonly y: number;
  readonly side: number;
}

/** Colours run from this to 255 over a pest, so that every pixel tells which part of the pest it shows. */
const DARKEST = 55;
/** A view of less quality is taken for background. */
const LEAST_QUALITY = 0.2;
/** A pest that fills less than this part of a tile's side is seen the worse the smaller it is. */
const PLAIN_FILL = 0.3;

/** Black, with pests whose red runs along x, whose green runs along y, and whose blue tells one from another. */
export function drawPests({ width, height }: Size, pests: readonly Pest[]): Frame {
  const data = new Uint8Array(width * height * 3);
  for (const [i, { x, y, side }] of pests.entries()) {
    for (let row = Math.max(0, y); row < Math.min(height, y + side); row += 1) {
      for (let column = Math.max(0, x); column < Math.min(width, x + side); column += 1) {
        data.set([colourAt(column - x, side), colourAt(row - y, side), 255 - i * 60], (row * width + column) * 3);
      }
    }
  }
  return { id: 'frame', camera: 'leaf', origin: 'drawn', capturedAtMs: 0, image: { width, height, data } };
}

const colourAt = (offset: number, side: number) => Math.round(DARKEST + ((offset + 0.5) / side) * (255 - DARKEST));

const preprocessor: Preprocessor = {
  inputSize: 64,
  resizeShortest: 64,
  squash: false,
  resample: 'nearest',
  rescaleFactor: 1,
  mean: [0, 0, 0],
  std: [1, 1, 1],
};

/**
 * The encoder of an ideal CLIP: a tile's embedding lies the nearer to the pest's the more of a pest it shows, the more in
 * the middle, and the larger; it knows pixels only. Scores, merging and looking again are the product's own.
 */
export const idealClip: ClipModel = {
  model: { id: 'ideal', sha256: '0'.repeat(64) },
  textTower: { sha256: '0'.repeat(64), precision: 'fp32' },
  embeddingSize: 2,
  preprocessor,
  centreSampled: false,
  calibration: { kind: 'clip', logitScale: 10, logitBias: 0, origin: 'manifest' },
  negatives: [],
  vocabulary: null,
  provider: 'cpu',
  precision: 'fp32',
  restarts: 0,
  encodeTexts: () => Promise.reject(new Error('no texts here')),
  async encodeImages(pixels, count) {
    const size = 3 * preprocessor.inputSize ** 2;
    return Array.from({ length: count }, (_, i) => embed(pixels.subarray(i * size, (i + 1) * size)));
  },
  close: () => Promise.resolve(),
};

/** The same, taught that a tile is of a pest only where the tile's middle lies on it. */
export const centreSampledClip: ClipModel = {
  ...idealClip,
  centreSampled: true,
  async encodeImages(pixels, count) {
    const { inputSize } = preprocessor;
    const middle = (2 * inputSize + inputSize / 2) * inputSize + inputSize / 2;
    return Array.from({ length: count }, (_, i) => {
      const tile = pixels.subarray(3 * inputSize ** 2 * i, 3 * inputSize ** 2 * (i + 1));
      return PEST_BLUES.includes(tile[middle] as number) ? embed(tile, [tile[middle] as number]) : BACKGROUND;
    });
  },
};

export const pestPrompts: EmbeddedPromptSet = {
  promptSet: {
    id: 'pest',
    hash: '0',
    title: '',
    origin: '',
    targets: [],
    negatives: ['background'],
    negativeTemplates: ['{}'],
  },
  model: idealClip.model,
  targets: [
    {
      target: { id: 'pest', name: 'pest', prompts: ['a pest'], templates: ['{}'], beneficial: false },
      embedding: Float32Array.of(1, 0),
      prompts: [{ text: 'a pest', embedding: Float32Array.of(1, 0) }],
    },
  ],
  negatives: [{ text: 'background', embedding: Float32Array.of(0, 1) }],
};

/** Which pest of a frame it is. */
const PEST_BLUES: readonly number[] = [255, 195, 135, 75];
const BACKGROUND = Float32Array.of(0, 1);

function embed(pixels: Float32Array, blues: readonly number[] = PEST_BLUES): Float32Array {
  const quality = Math.max(0, ...blues.map((blue) => qualityOf(pixels, blue)));
  // Nearer than 45 degrees to the target it wins, beyond them the background does.
  const angle = ((Math.PI / 4) * (1 - quality)) / (1 - LEAST_QUALITY);
  return Float32Array.of(Math.cos(angle), Math.sin(angle));
}

/** 0 (nothing of a pest) to 1 (whole, in the middle, filling the tile). */
function qualityOf(pixels: Float32Array, blue: number): number {
  const { inputSize } = preprocessor;
  const plane = inputSize * inputSize;
  let count = 0;
  const across = new Extent();
  const down = new Extent();
  for (let i = 0; i < plane; i += 1) {
    if (pixels[2 * plane + i] !== blue) continue;
    count += 1;
    across.add(i % inputSize, pixels[i] as number);
    down.add(Math.floor(i / inputSize), pixels[plane + i] as number);
  }
  if (count === 0) return 0;
  const fill = Math.max(across.whole, down.whole) / inputSize;
  const off = Math.hypot(across.middle - inputSize / 2, down.middle - inputSize / 2);
  const centred = Math.max(0, 1 - off / inputSize);
  const large = Math.min(1, fill / PLAIN_FILL) * (0.8 + 0.2 * Math.min(1, fill));
  return across.share * down.share * (0.4 + 0.6 * centred) * large;
}

/** What a tile shows of a pest along one axis. */
class Extent {
  private first = { place: Number.POSITIVE_INFINITY, colour: 0 };
  private last = { place: Number.NEGATIVE_INFINITY, colour: 0 };

  add(place: number, colour: number): void {
    if (place < this.first.place) this.first = { place, colour };
    if (place > this.last.place) this.last = { place, colour };
  }

  /** Part of the pest's side, 0 to 1. */
  get share(): number {
    const pixels = this.last.place - this.first.place;
    return pixels < 2 ? 0 : Math.min(1, (Math.abs(this.perPixel) * (pixels + 1)) / (255 - DARKEST));
  }

  /** Side of the whole pest in tile pixels. */
  get whole(): number {
    return (255 - DARKEST) / Math.abs(this.perPixel);
  }

  /** Where the whole pest's middle lies. */
  get middle(): number {
    return this.first.place + 0.5 + ((DARKEST + 255) / 2 - this.first.colour) / this.perPixel;
  }

  /** Negative in a mirror. */
  private get perPixel(): number {
    const pixels = this.last.place - this.first.place;
    return pixels > 0 ? (this.last.colour - this.first.colour) / pixels : 255 - DARKEST;
  }
}
