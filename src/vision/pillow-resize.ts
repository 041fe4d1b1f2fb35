import type { Box, Preprocessor, RgbImage, Size } from '../types.js';

/**
 * Pillow's separable resampling (its Resample.c: 8 bit, 22 fractional bits, horizontal pass first), bit for bit. CLIP's
 * reference preprocessing is Pillow's; libvips rounds filter phases to 1/64, which shows at hard edges and when enlarging.
 * @param size of the whole picture afterwards
 * @param part of that which is wanted: a sliver as a whole may take gigabytes
 */
export function pillowResize(
  image: RgbImage,
  size: Size,
  resample: Preprocessor['resample'],
  part: Box = { x: 0, y: 0, ...size },
): RgbImage {
  const across: Axis = { inputs: image.width, outputs: size.width, from: part.x, to: part.x + part.width };
  const down: Axis = { inputs: image.height, outputs: size.height, from: part.y, to: part.y + part.height };
  if (resample === 'nearest') return nearest(image, across, down);
  const filter = FILTERS[resample];
  const wide = isUnchanged(across) ? image : pass(image, taps(across, filter), 'horizontal');
  return isUnchanged(down) ? wide : pass(wide, taps(down, filter), 'vertical');
}

/** One direction of a resize: how many pixels become how many, and which of those are wanted. */
interface Axis {
  readonly inputs: number;
  readonly outputs: number;
  readonly from: number;
  /** The first that is not. */
  readonly to: number;
}

const isUnchanged = ({ inputs, outputs, from, to }: Axis): boolean => inputs === outputs && to - from === outputs;

interface Filter {
  readonly support: number;
  weight(distance: number): number;
}

const FILTERS: Readonly<Record<'bilinear' | 'bicubic' | 'lanczos', Filter>> = {
  bilinear: { support: 1, weight: (x) => Math.max(0, 1 - Math.abs(x)) },
  bicubic: { support: 2, weight: (x) => cubic(Math.abs(x), -0.5) },
  lanczos: { support: 3, weight: (x) => (Math.abs(x) < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

/** Keys' cubic convolution kernel (1981). */
function cubic(x: number, a: number): number {
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  if (x < 2) return (((x - 5) * x + 8) * x - 4) * a;
  return 0;
}

function sinc(x: number): number {
  return x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x);
}

interface Taps {
  /** First input position of each output one. */
  readonly start: Int32Array;
  readonly count: Int32Array;
  /** int32[wanted outputs, most], 22 fractional bits. */
  readonly weights: Int32Array;
  readonly most: number;
}

const FRACTION_BITS = 22;

function taps({ inputs, outputs, from, to }: Axis, { support, weight }: Filter): Taps {
  const scale = inputs / outputs;
  const stretch = Math.max(1, scale);
  const reach = support * stretch;
  const most = Math.ceil(reach) * 2 + 1;
  const start = new Int32Array(to - from);
  const count = new Int32Array(to - from);
  const weights = new Int32Array((to - from) * most);
  for (let i = 0; i < to - from; i += 1) {
    const centre = (from + i + 0.5) * scale;
    const first = Math.max(0, Math.trunc(centre - reach + 0.5));
    const last = Math.min(inputs, Math.trunc(centre + reach + 0.5));
    const raw = Array.from({ length: last - first }, (_, k) => weight((first + k - centre + 0.5) / stretch));
    const total = raw.reduce((sum, value) => sum + value, 0);
    start[i] = first;
    count[i] = last - first;
    for (const [k, value] of raw.entries()) {
      const scaled = (value / total) * 2 ** FRACTION_BITS;
      weights[i * most + k] = Math.trunc(scaled + (scaled < 0 ? -0.5 : 0.5));
    }
  }
  return { start, count, weights, most };
}

function pass(image: RgbImage, { start, count, weights, most }: Taps, direction: 'horizontal' | 'vertical'): RgbImage {
  const across = direction === 'horizontal';
  const width = across ? start.length : image.width;
  const height = across ? image.height : start.length;
  const step = across ? 3 : image.width * 3;
  const { data: source } = image;
  const data = new Uint8Array(width * height * 3);
  let target = 0;
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const i = across ? x : y;
      const first = start[i] as number;
      const from = across ? (y * image.width + first) * 3 : (first * image.width + x) * 3;
      const row = i * most;
      const end = count[i] as number;
      for (let channel = 0; channel < 3; channel += 1) {
        let sum = 1 << (FRACTION_BITS - 1);
        for (let k = 0, at = from + channel; k < end; k += 1, at += step) {
          sum += (source[at] as number) * (weights[row + k] as number);
        }
        const value = sum >> FRACTION_BITS;
        data[target++] = value < 0 ? 0 : value > 255 ? 255 : value;
      }
    }
  }
  return { width, height, data };
}

function nearest(image: RgbImage, across: Axis, down: Axis): RgbImage {
  const rows = nearestPositions(down);
  const columns = nearestPositions(across);
  const [width, height] = [columns.length, rows.length];
  const data = new Uint8Array(width * height * 3);
  for (const [y, row] of rows.entries()) {
    for (const [x, column] of columns.entries()) {
      const source = (row * image.width + column) * 3;
      data.set(image.data.subarray(source, source + 3), (y * width + x) * 3);
    }
  }
  return { width, height, data };
}

/** Pillow adds the step up (its Geometry.c), so its rounding errors decide where a position falls between two pixels. */
function nearestPositions({ inputs, outputs, from, to }: Axis): readonly number[] {
  const step = inputs / outputs;
  let at = step * 0.5;
  const positions: number[] = [];
  for (let i = 0; i < to; i += 1) {
    if (i >= from) positions.push(Math.min(inputs - 1, Math.trunc(at)));
    at += step;
  }
  return positions;
}
