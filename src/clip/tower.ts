import type { InferenceSession, TypedTensor } from 'onnxruntime-node';
import ort from 'onnxruntime-node';
import { fromFloat16, toFloat16 } from './float16.js';
import { takeHalfPrecisionAsBits } from './half-precision.js';
import { readOnnxInputs, type TensorInput } from './onnx-inputs.js';

takeHalfPrecisionAsBits();

/** Outputs that hold the embedding, in order of preference, over the exports that people publish. */
const EMBEDDING_OUTPUTS = ['image_embeds', 'text_embeds', 'pooler_output', 'embeddings', 'output'];

/** One tower of a dual encoder: an ONNX session with the names that its file gives to inputs and outputs. */
export class Tower {
  private constructor(
    private readonly session: InferenceSession,
    private readonly inputs: readonly TensorInput[],
    private readonly output: string,
  ) {}

  static async open(file: string, options: InferenceSession.SessionOptions): Promise<Tower> {
    const session = await ort.InferenceSession.create(file, options);
    const output = EMBEDDING_OUTPUTS.find((name) => session.outputNames.includes(name)) ?? session.outputNames[0];
    if (output === undefined) throw new Error(`${file} has no output`);
    return new Tower(session, await inputsOf(session, file), output);
  }

  /** Name of the input [batch, 3, height, width]. */
  get pictureInput(): string {
    return this.pictures.name;
  }

  private get pictures() {
    const input = this.inputs.find(({ shape }) => shape.length === 4);
    if (!input) throw new Error('the vision tower has no picture input [batch, 3, height, width]');
    return input;
  }

  /** @param pixels float32[count, 3, size, size] @returns float32[count, embeddingSize], rows L2-normalised */
  async embedImages(pixels: Float32Array, count: number, size: number): Promise<Float32Array> {
    const input = this.pictures;
    const shape = [count, 3, size, size];
    const tensor =
      input.type === 'float16'
        ? new ort.Tensor('float16', toFloat16(pixels), shape)
        : new ort.Tensor('float32', pixels, shape);
    return this.run({ [input.name]: tensor }, count);
  }

  /** @param ids token ids of one text @returns float32[1, embeddingSize], L2-normalised */
  async embedText(ids: readonly number[], padTo: number, padId: number): Promise<Float32Array> {
    const fixed = this.inputs.map(({ shape }) => shape[1]);
    const length = Math.max(ids.length, padTo, ...fixed.filter((dim): dim is number => typeof dim === 'number'));
    const feeds: Record<string, TypedTensor<'int64' | 'int32'>> = {};
    for (const { name, type } of this.inputs) {
      const values =
        name === 'attention_mask'
          ? Array.from({ length }, (_, i) => (i < ids.length ? 1 : 0))
          : Array.from({ length }, (_, i) => ids[i] ?? padId);
      feeds[name] =
        type === 'int32'
          ? new ort.Tensor('int32', Int32Array.from(values), [1, length])
          : new ort.Tensor('int64', BigInt64Array.from(values, BigInt), [1, length]);
    }
    return this.run(feeds, 1);
  }

  private async run(feeds: InferenceSession.FeedsType, count: number): Promise<Float32Array> {
    const result = (await this.session.run(feeds, [this.output]))[this.output];
    if (!result) throw new Error(`the model gave no ${this.output}`);
    const { data } = result;
    const values = data instanceof Uint16Array ? fromFloat16(data) : Float32Array.from(data as Float32Array);
    return normaliseRows(values, count);
  }

  async release(): Promise<void> {
    await this.session.release();
  }

  /** Ends profiling and writes onnxruntime's trace (sessions made with `enableProfiling`). */
  endProfiling(): void {
    this.session.endProfiling();
  }
}

/** What the session says of its inputs; its file does where onnxruntime-node is too old to say it. */
async function inputsOf(session: InferenceSession, file: string): Promise<readonly TensorInput[]> {
  const { inputMetadata: told } = session as Partial<Pick<InferenceSession, 'inputMetadata'>>;
  if (told) return told.filter((input) => input.isTensor);
  const inputs = await readOnnxInputs(file);
  return inputs.filter(({ name }) => session.inputNames.includes(name));
}

/** L2-normalises each of `count` rows in place. A model that gives NaN or nothing but zeros is broken: throws. */
function normaliseRows(values: Float32Array, count: number): Float32Array {
  const width = values.length / count;
  for (let row = 0; row < count; row += 1) {
    const slice = values.subarray(row * width, (row + 1) * width);
    const norm = Math.sqrt(slice.reduce((sum, value) => sum + value * value, 0));
    if (!(norm > 0 && Number.isFinite(norm))) throw new Error('the model gave an embedding that is not a number');
    for (let i = 0; i < width; i += 1) slice[i] = (slice[i] as number) / norm;
  }
  return values;
}
