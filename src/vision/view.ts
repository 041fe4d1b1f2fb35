import { FieldscoutError } from '../errors.js';
import type { Box, Size } from '../types.js';

/** What of a picture is looked at: it is turned first, then cut. */
export interface View {
  /** Clockwise, after the EXIF orientation. */
  readonly rotate: 0 | 90 | 180 | 270;
  /** Of the turned picture; in shares of it or in its pixels. */
  readonly crop?: (Box & { readonly unit: 'share' | 'px' }) | undefined;
}

/**
 * The part of a turned picture that is looked at, in whole pixels; what lies over the picture's edge is left out.
 * @throws FieldscoutError VIEW_OUTSIDE where nothing is left
 */
export function cropBox({ width, height }: Size, crop: NonNullable<View['crop']>, name: string): Box {
  const [across, down] = crop.unit === 'share' ? [width, height] : [1, 1];
  const left = Math.min(width, Math.round(crop.x * across));
  const top = Math.min(height, Math.round(crop.y * down));
  const right = Math.min(width, Math.round((crop.x + crop.width) * across));
  const bottom = Math.min(height, Math.round((crop.y + crop.height) * down));
  if (right > left && bottom > top) return { x: left, y: top, width: right - left, height: bottom - top };
  throw new FieldscoutError(
    'VIEW_OUTSIDE',
    `${name}: the crop lies outside of the picture of ${width} x ${height} pixels.`,
    'Set cameras[].crop to a part of it.',
  );
}
