import sharp, { type Sharp } from 'sharp';
import { FieldscoutError } from '../errors.js';
import type { RgbImage, Size } from '../types.js';
import { cropBox, type View } from './view.js';

/** 360 MB of RGB: more would not fit beside a model on the small boards. */
const MAX_PIXELS = 120_000_000;
const MAX_SIDE = 30_000;
const WHOLE: View = { rotate: 0 };
/** sharp's names; it reads drawings too, which can name other files and have no pixels of their own. */
const FORMATS: ReadonlySet<string> = new Set(['jpeg', 'png', 'webp', 'tiff', 'gif', 'heif']);

/**
 * Decodes the first picture of a JPEG, PNG, WebP, TIFF, GIF or AVIF file: upright by its EXIF orientation, sRGB, 8 bit; alpha is
 * dropped, as CLIP's reference preprocessing does.
 * @param name stands for the picture in messages
 * @param view what of the upright picture is given; all of it where there is none
 * @throws FieldscoutError IMAGE_UNREADABLE, IMAGE_TOO_LARGE or VIEW_OUTSIDE
 */
export async function decodeImage(bytes: Uint8Array, name: string, view: View = WHOLE): Promise<RgbImage> {
  if (bytes.length === 0) throw unreadable(name, 'the file is empty');
  try {
    // failOn 'truncated': a half-written picture is not one, while a camera's harmless warnings pass.
    const picture = sharp(bytes, { failOn: 'truncated', limitInputPixels: false, pages: 1 });
    const { width, height, format, autoOrient } = await picture.metadata();
    if (!FORMATS.has(format)) throw new Error(`it is ${format.toUpperCase()}, not JPEG, PNG, WebP, TIFF, GIF or AVIF`);
    if (width * height > MAX_PIXELS || Math.max(width, height) > MAX_SIDE) throw tooLarge(name, width, height);
    const { data, info } = await seenBy(view, picture.autoOrient(), autoOrient, name)
      .toColourspace('srgb')
      .removeAlpha()
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true });
    const { width: w, height: h, channels } = info;
    return { width: w, height: h, data: channels === 3 ? data : greyToRgb(data, channels) };
  } catch (error) {
    if (error instanceof FieldscoutError) throw error;
    throw unreadable(name, decoderReason(error), error);
  }
}

function seenBy({ rotate, crop }: View, picture: Sharp, { width, height }: Size, name: string): Sharp {
  const turned = rotate === 0 ? picture : picture.rotate(rotate);
  if (!crop) return turned;
  const isAcross = rotate === 90 || rotate === 270;
  const { x, y, ...size } = cropBox(isAcross ? { width: height, height: width } : { width, height }, crop, name);
  return turned.extract({ left: x, top: y, ...size });
}

function greyToRgb(data: Uint8Array, channels: number): Uint8Array {
  const rgb = new Uint8Array((data.length / channels) * 3);
  for (let i = 0, o = 0; i < data.length; i += channels, o += 3) rgb.fill(data[i] as number, o, o + 3);
  return rgb;
}

/** The first thing that a decoder found wrong: libvips tells each of its attempts on a line of its own. */
function decoderReason(error: unknown): string {
  const lines = (error instanceof Error ? error.message : String(error))
    .replace(/^Input buffer (contains |has )?/, '')
    .split('\n')
    .flatMap((line) => line.split(/(?<=corrupt header): /))
    .map((line) => line.trim().replace(/[.:]+$/, ''))
    .filter((line) => line !== '' && !/^source: bad seek/.test(line));
  return [...new Set(lines)].slice(0, 2).join(': ') || 'it is damaged';
}

function unreadable(name: string, reason: string, cause?: unknown): FieldscoutError {
  return new FieldscoutError(
    'IMAGE_UNREADABLE',
    `${name} is not a picture that can be read: ${reason}.`,
    'Open it in a viewer, or save it again as JPEG or PNG.',
    { cause },
  );
}

function tooLarge(name: string, width: number, height: number): FieldscoutError {
  return new FieldscoutError(
    'IMAGE_TOO_LARGE',
    `${name} is ${width} x ${height} pixels; the limits are ${MAX_PIXELS / 1e6} megapixels and ${MAX_SIDE} pixels a side.`,
    'Cut it into parts or make it smaller.',
  );
}
