import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import ort from 'onnxruntime-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readOnnxInputs } from '../../src/clip/onnx-inputs.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const models = [
  'models/scout-tiny/onnx/text_model.onnx',
  'models/scout-tiny/onnx/vision_model.onnx',
  'test/fixtures/tiny-clip-variants/vision_model_fp16.onnx',
  'test/fixtures/tiny-clip-variants/vision_model_int8.onnx',
  'test/fixtures/tiny-random-clip/onnx/text_model.onnx',
  'test/fixtures/tiny-random-siglip/onnx/text_model.onnx',
  'test/fixtures/tiny-random-siglip/onnx/vision_model_fp16.onnx',
];

describe('the inputs of an ONNX file', () => {
  let dir: string;
  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'fieldscout-onnx-'));
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));

  it.each(models)('are read from %s as onnxruntime tells them', async (model) => {
    const session = await ort.InferenceSession.create(join(root, model));
    const told = session.inputMetadata.map((input) => {
      if (!input.isTensor) throw new Error(`${input.name} is no tensor`);
      return { name: input.name, type: input.type, shape: input.shape };
    });
    await session.release();
    expect(told.length).toBeGreaterThan(0);
    expect(await readOnnxInputs(join(root, model))).toEqual(told);
  });

  it('are refused where the file was cut off', async () => {
    const whole = await readFile(join(root, models[5] as string));
    const file = join(dir, 'cut.onnx');
    await writeFile(file, whole.subarray(0, whole.length - 1));
    await expect(readOnnxInputs(file)).rejects.toThrow(`${file} is not a whole ONNX model`);
  });

  it('of any other bytes are none, or the file is refused', async () => {
    const file = join(dir, 'other.onnx');
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        await writeFile(file, bytes);
        const inputs = await readOnnxInputs(file).catch((error: Error) => error.message);
        if (typeof inputs === 'string') expect(inputs).toBe(`${file} is not a whole ONNX model`);
        else expect(Array.isArray(inputs)).toBe(true);
      }),
      { numRuns: 200 },
    );
  });
});
