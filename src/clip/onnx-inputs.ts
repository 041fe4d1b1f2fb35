import { type FileHandle, open } from 'node:fs/promises';

/** A tensor that a model takes. */
export interface TensorInput {
  readonly name: string;
  /** onnxruntime's name of the element type: "float32", "float16", "int64", ...; "other" for one that no tower takes. */
  readonly type: string;
  /** A number for each fixed dimension, a name (or "") for each that is free. */
  readonly shape: readonly (number | string)[];
}

/** Element types of ONNX (TensorProto.DataType in onnx.proto) that towers take. */
const ELEMENT_TYPES: Readonly<Record<number, string>> = { 1: 'float32', 6: 'int32', 7: 'int64', 10: 'float16' };

/** Field numbers of onnx.proto: ModelProto.graph, GraphProto.input, ValueInfoProto and what is in it. */
const GRAPH = 7;
const GRAPH_INPUT = 11;
const VALUE = { name: 1, type: 2 };
const TENSOR_TYPE = 1;
const TENSOR = { elementType: 1, shape: 2 };
const DIM = 1;
const DIM_IS = { value: 1, name: 2 };

/**
 * Reads from an ONNX file which tensors its graph takes, in its order, without its weights: for an onnxruntime-node that does not tell
 * (`inputMetadata` came after 1.21). Files of IR version 3 list weights here too: the caller knows the names of its inputs.
 * @throws Error where the file is not an ONNX model.
 */
export async function readOnnxInputs(file: string): Promise<readonly TensorInput[]> {
  const handle = await open(file, 'r');
  try {
    const whole = new Span(handle, file, 0, (await handle.stat()).size);
    const inputs: TensorInput[] = [];
    for await (const [field, graph] of whole.fields()) {
      if (field !== GRAPH || typeof graph === 'number') continue;
      for await (const [inner, value] of graph.fields()) {
        if (inner !== GRAPH_INPUT || typeof value === 'number') continue;
        const input = await readInput(value);
        if (input) inputs.push(input);
      }
    }
    return inputs;
  } finally {
    await handle.close();
  }
}

/** @returns undefined for an input that is no tensor. */
async function readInput(value: Span): Promise<TensorInput | undefined> {
  const type = await (await value.message(VALUE.type))?.message(TENSOR_TYPE);
  if (!type) return undefined;
  const element = await type.number(TENSOR.elementType);
  const shape: (number | string)[] = [];
  const dims = await type.message(TENSOR.shape);
  if (dims) {
    for await (const [field, dim] of dims.fields()) {
      if (field !== DIM || typeof dim === 'number') continue;
      const fixed = await dim.number(DIM_IS.value);
      // Some exporters write -1 for "any", which is a varint of 2^64 - 1.
      if (fixed !== undefined && fixed <= Number.MAX_SAFE_INTEGER) shape.push(fixed);
      else shape.push((await (await dim.message(DIM_IS.name))?.text()) ?? '');
    }
  }
  const name = (await (await value.message(VALUE.name))?.text()) ?? '';
  return { name, type: ELEMENT_TYPES[element ?? 0] ?? 'other', shape };
}

/** Most that is read of the file at once: fields that are not looked into are stepped over. */
const WINDOW_BYTES = 4096;
/** Names are short: a longer one means that the file is something else. */
const MAX_TEXT_BYTES = 65_536;

/** A message of Protocol Buffers (https://protobuf.dev/programming-guides/encoding) that lies in a part of a file. */
class Span {
  private window: Uint8Array = new Uint8Array(0);
  private windowStart = 0;

  constructor(
    private readonly handle: FileHandle,
    private readonly file: string,
    private readonly start: number,
    private readonly end: number,
  ) {}

  /** Each field with its number: a varint as a number, bytes and messages as a span. Fields of fixed width are left out. */
  async *fields(): AsyncGenerator<readonly [field: number, value: number | Span]> {
    let at = this.start;
    while (at < this.end) {
      const tag = await this.varint(at);
      at = tag.next;
      const field = Math.floor(tag.value / 8);
      const wire = tag.value % 8;
      if (wire === 0) {
        const { value, next } = await this.varint(at);
        at = next;
        yield [field, value];
      } else if (wire === 2) {
        const length = await this.varint(at);
        at = this.inside(length.next + length.value);
        yield [field, new Span(this.handle, this.file, length.next, at)];
      } else if (wire === 1 || wire === 5) at = this.inside(at + (wire === 1 ? 8 : 4));
      else throw this.broken();
    }
  }

  /** The last of the fields of this number, as Protocol Buffers have it. */
  private async field(wanted: number): Promise<number | Span | undefined> {
    let found: number | Span | undefined;
    for await (const [field, value] of this.fields()) if (field === wanted) found = value;
    return found;
  }

  async message(field: number): Promise<Span | undefined> {
    const value = await this.field(field);
    return value instanceof Span ? value : undefined;
  }

  async number(field: number): Promise<number | undefined> {
    const value = await this.field(field);
    return typeof value === 'number' ? value : undefined;
  }

  async text(): Promise<string> {
    const length = this.end - this.start;
    if (length > MAX_TEXT_BYTES) throw this.broken();
    const bytes = Buffer.alloc(length);
    const { bytesRead } = await this.handle.read(bytes, 0, length, this.start);
    if (bytesRead < length) throw this.broken();
    return bytes.toString('utf8');
  }

  /** Unsigned, exact up to 2^53: more than any length or dimension here. */
  private async varint(at: number): Promise<{ readonly value: number; readonly next: number }> {
    let value = 0;
    for (let i = 0; i < 10; i += 1) {
      const byte = await this.byte(at + i);
      value += (byte % 128) * 2 ** (7 * i);
      if (byte < 128) return { value, next: at + i + 1 };
    }
    throw this.broken();
  }

  private async byte(at: number): Promise<number> {
    if (at >= this.end) throw this.broken();
    if (at < this.windowStart || at >= this.windowStart + this.window.length) {
      const window = new Uint8Array(Math.min(WINDOW_BYTES, this.end - at));
      const { bytesRead } = await this.handle.read(window, 0, window.length, at);
      this.window = window.subarray(0, bytesRead);
      this.windowStart = at;
    }
    const byte = this.window[at - this.windowStart];
    if (byte === undefined) throw this.broken();
    return byte;
  }

  private inside(at: number): number {
    if (at > this.end) throw this.broken();
    return at;
  }

  private broken(): Error {
    return new Error(`${this.file} is not a whole ONNX model`);
  }
}
