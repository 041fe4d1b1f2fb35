import { describe, expect, it } from 'vitest';
import { parseJson } from '../../src/models/json-file.js';
import { preprocessorConfigSchema, preprocessorFrom } from '../../src/models/preprocessor-config.js';

const read = (config: object, kind: 'clip' | 'siglip' = 'clip') =>
  preprocessorFrom(parseJson(JSON.stringify(config), 'p.json', preprocessorConfigSchema), kind, 'p.json');

const CLIP_DEFAULTS = {
  inputSize: 224,
  resizeShortest: 224,
  squash: false,
  resample: 'bicubic',
  rescaleFactor: 1 / 255,
  mean: [0.48145466, 0.4578275, 0.40821073],
  std: [0.26862954, 0.26130258, 0.27577711],
};

describe('preprocessorFrom', () => {
  it("fills what is missing with CLIPImageProcessor's defaults", () => {
    expect(read({})).toEqual(CLIP_DEFAULTS);
    expect(read({ feature_extractor_type: 'CLIPFeatureExtractor', do_rescale: null })).toEqual(CLIP_DEFAULTS);
  });

  it("fills what is missing with SiglipImageProcessor's defaults: both sides resized, no crop, 0.5", () => {
    const siglip = { ...CLIP_DEFAULTS, squash: true, mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] };
    expect(read({}, 'siglip')).toEqual(siglip);
    expect(read({ image_processor_type: 'SiglipImageProcessor', size: { height: 224, width: 224 } })).toEqual(siglip);
  });

  it.each([
    [{ size: 256, crop_size: 224 }, 224, 256, false],
    [{ size: { shortest_edge: 336 }, crop_size: { height: 336, width: 336 } }, 336, 336, false],
    [{ size: { shortest_edge: 288 }, crop_size: 256 }, 256, 288, false],
    [{ size: { shortest_edge: 128 }, do_center_crop: false }, 128, 128, false],
    [{ size: { height: 224, width: 224 } }, 224, 224, true],
    [{ size: { height: 160, width: 160 }, do_center_crop: false }, 160, 160, true],
    [{ image_processor_type: 'SiglipImageProcessorFast', size: 384 }, 384, 384, true],
    [{ image_processor_type: 'SiglipImageProcessor', size: { height: 512, width: 512 } }, 512, 512, true],
  ])('reads the sizes of %j', (config, inputSize, resizeShortest, squash) => {
    expect(read(config)).toMatchObject({ inputSize, resizeShortest, squash });
  });

  it.each([
    [0, 'nearest'],
    [1, 'lanczos'],
    [2, 'bilinear'],
    [3, 'bicubic'],
  ])("reads PIL's resampling number %d as %s", (resample, name) => {
    expect(read({ resample }).resample).toBe(name);
  });

  it('leaves pixels alone where rescaling and normalising are switched off', () => {
    expect(read({ do_rescale: false, do_normalize: false })).toMatchObject({
      rescaleFactor: 1,
      mean: [0, 0, 0],
      std: [1, 1, 1],
    });
  });

  it.each([
    [{ resample: 4 }, "p.json: resample is 4, not PIL's 0, 1, 2 or 3."],
    [{ do_resize: false }, 'p.json: do_resize is false, but models take one size.'],
    [{ crop_size: { height: 224, width: 196 } }, 'p.json: crop_size is 224 x 196; only square inputs can be used.'],
    [{ size: 192, crop_size: 224 }, 'p.json: crop_size (224) is larger than size (192): that would pad with black.'],
    [
      { size: { height: 256, width: 256 }, crop_size: 224 },
      'p.json: crop_size (224) differs from size (256) which ignores the aspect.',
    ],
    [
      { image_processor_type: 'Siglip2ImageProcessor' },
      'p.json: image_processor_type is Siglip2ImageProcessor; CLIPImageProcessor and SiglipImageProcessor are known.',
    ],
    [{ image_std: [0.2, 0, 0.2] }, 'p.json: image_std: must be above 0.'],
    [{ size: 3 }, 'p.json: size: Too small: expected number to be >=8.'],
    [{ size: 'large' }, 'p.json: size: Invalid input.'],
  ])('refuses %j', (config, message) => {
    expect(() => read(config)).toThrow(message);
  });
});
