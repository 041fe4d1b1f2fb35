import { z } from 'zod';
import { FieldscoutError } from '../errors.js';
import type { Preprocessor } from '../types.js';

const side = z.int().min(8).max(4096);
const triple = z.tuple([z.number(), z.number(), z.number()]);
const sizeForm = z.union([side, z.looseObject({ shortest_edge: side }), z.looseObject({ height: side, width: side })]);

/** `preprocessor_config.json` as Hugging Face writes it; null stands there for "the default". */
export const preprocessorConfigSchema = z.looseObject({
  image_processor_type: z.string().nullish(),
  feature_extractor_type: z.string().nullish(),
  do_resize: z.boolean().nullish(),
  size: sizeForm.nullish(),
  resample: z.int().nullish(),
  do_center_crop: z.boolean().nullish(),
  crop_size: sizeForm.nullish(),
  do_rescale: z.boolean().nullish(),
  rescale_factor: z.number().positive().nullish(),
  do_normalize: z.boolean().nullish(),
  image_mean: triple.nullish(),
  image_std: triple.refine((std) => std.every((value) => value > 0), 'must be above 0').nullish(),
});

export type PreprocessorConfig = z.infer<typeof preprocessorConfigSchema>;

/** PIL's numbers. */
const RESAMPLE: Readonly<Record<number, Preprocessor['resample']>> = {
  0: 'nearest',
  1: 'lanczos',
  2: 'bilinear',
  3: 'bicubic',
};

type Triple = readonly [number, number, number];
const CLIP_MEAN: Triple = [0.48145466, 0.4578275, 0.40821073];
const CLIP_STD: Triple = [0.26862954, 0.26130258, 0.27577711];
const HALF: Triple = [0.5, 0.5, 0.5];

/**
 * Reads the configuration as transformers' CLIPImageProcessor or SiglipImageProcessor would, their defaults included.
 * @param name the file, for messages.
 * @throws FieldscoutError MODEL_INVALID for a form that the tiles cannot be prepared by.
 */
export function preprocessorFrom(config: PreprocessorConfig, kind: 'clip' | 'siglip', name: string): Preprocessor {
  const siglip = isSiglip(config, kind, name);
  if (config.do_resize === false) throw unsupported(name, 'do_resize', 'is false, but models take one size');
  const resample = RESAMPLE[config.resample ?? 3];
  if (!resample) throw unsupported(name, 'resample', `is ${config.resample}, not PIL's 0, 1, 2 or 3`);
  return {
    ...geometry(config, siglip, name),
    resample,
    rescaleFactor: config.do_rescale === false ? 1 : (config.rescale_factor ?? 1 / 255),
    mean: config.do_normalize === false ? [0, 0, 0] : (config.image_mean ?? (siglip ? HALF : CLIP_MEAN)),
    std: config.do_normalize === false ? [1, 1, 1] : (config.image_std ?? (siglip ? HALF : CLIP_STD)),
  };
}

function isSiglip(config: PreprocessorConfig, kind: 'clip' | 'siglip', name: string): boolean {
  const type = config.image_processor_type ?? config.feature_extractor_type;
  if (!type) return kind === 'siglip';
  if (/^Siglip(ImageProcessor|ImageProcessorFast|FeatureExtractor)$/.test(type)) return true;
  if (/^CLIP(ImageProcessor|ImageProcessorFast|FeatureExtractor)$/.test(type)) return false;
  throw unsupported(name, 'image_processor_type', `is ${type}; CLIPImageProcessor and SiglipImageProcessor are known`);
}

type Geometry = Pick<Preprocessor, 'inputSize' | 'resizeShortest' | 'squash'>;

function geometry(config: PreprocessorConfig, siglip: boolean, name: string): Geometry {
  const size = config.size ?? (siglip ? { height: 224, width: 224 } : { shortest_edge: 224 });
  const crops = config.do_center_crop ?? !siglip;
  const keepsAspect = typeof size === 'number' ? !siglip : 'shortest_edge' in size;
  const resized = squareSide(size, 'size', name);
  if (!crops) return { inputSize: resized, resizeShortest: resized, squash: !keepsAspect };
  const cropped = squareSide(config.crop_size ?? 224, 'crop_size', name);
  if (cropped > resized)
    throw unsupported(name, 'crop_size', `(${cropped}) is larger than size (${resized}): that would pad with black`);
  if (!keepsAspect && cropped !== resized)
    throw unsupported(name, 'crop_size', `(${cropped}) differs from size (${resized}) which ignores the aspect`);
  return { inputSize: cropped, resizeShortest: resized, squash: !keepsAspect };
}

function squareSide(size: z.infer<typeof sizeForm>, key: string, name: string): number {
  if (typeof size === 'number') return size;
  if ('shortest_edge' in size) return size.shortest_edge as number;
  if (size.height === size.width) return size.height as number;
  throw unsupported(name, key, `is ${size.height} x ${size.width}; only square inputs can be used`);
}

function unsupported(name: string, key: string, what: string): FieldscoutError {
  return new FieldscoutError('MODEL_INVALID', `${name}: ${key} ${what}.`, 'Use another export of this model.');
}
