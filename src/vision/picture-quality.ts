import type { RgbImage } from '../types.js';

/** How a picture came out, whatever it shows. */
export interface PictureQuality {
  /** Mean luma (Rec. 601), 0 black to 1 white. */
  readonly brightness: number;
  /**
   * Variance of the 4-neighbour Laplacian of luma (8-bit levels squared; Pech-Pacheco et al. 2000): near 0 where a picture is out of
   * focus, fogged or dark. It depends on what is seen: compare pictures of one camera, not of two.
   */
  readonly sharpness: number;
}

/** A picture of any size costs a few milliseconds at the most. */
const MOST_SAMPLES = 100_000;

/** Measures a picture at points of an even grid, by the pixels next to each. */
export function pictureQuality({ width, height, data }: RgbImage): PictureQuality {
  const luma = (x: number, y: number): number => {
    const at = 3 * (y * width + x);
    return 0.299 * (data[at] as number) + 0.587 * (data[at + 1] as number) + 0.114 * (data[at + 2] as number);
  };
  const step = Math.max(1, Math.ceil(Math.sqrt((width * height) / MOST_SAMPLES)));
  let [samples, sum, inner, edges, squares] = [0, 0, 0, 0, 0];
  for (let y = 0; y < height; y += step) {
    for (let x = 0; x < width; x += step) {
      const here = luma(x, y);
      samples += 1;
      sum += here;
      if (x === 0 || y === 0 || x === width - 1 || y === height - 1) continue;
      const edge = luma(x - 1, y) + luma(x + 1, y) + luma(x, y - 1) + luma(x, y + 1) - 4 * here;
      inner += 1;
      edges += edge;
      squares += edge * edge;
    }
  }
  const mean = inner === 0 ? 0 : edges / inner;
  return {
    brightness: samples === 0 ? 0 : sum / samples / 255,
    sharpness: inner === 0 ? 0 : Math.max(0, squares / inner - mean * mean),
  };
}
