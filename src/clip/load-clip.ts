import { errorLine, FieldscoutError } from '../errors.js';
import type { ModelFolder } from '../models/model-folder.js';
import { inferenceWorkerEntry } from '../paths.js';
import type { Precision, Provider } from '../types.js';
import type { ClipModel } from './clip-model.js';
import { InferenceHost } from './inference-host.js';
import { ClipTokenizer } from './tokenizer.js';

export interface ClipSettings {
  /** In order; the first that passes a real inference is used. */
  readonly providers: readonly Provider[];
  readonly precision: Precision | 'auto';
  /** CPU threads; 0 leaves it to onnxruntime. */
  readonly threads: number;
  /** What TensorRT runs instead of the ONNX file of the vision tower, which it would compile anew at each start. */
  readonly engine?: { readonly file: string; readonly precision: Precision } | undefined;
}

export interface ClipReports {
  /** A provider was tried and refused, and why; a worker was restarted. */
  warn(line: string): void;
}

/** Which variants serve a provider well, best first: int8 is 2.5 to 4 times faster on a CPU, fp16 on a GPU. */
const PRECISIONS: Readonly<Record<Provider, readonly Precision[]>> = {
  tensorrt: ['fp16', 'fp32', 'int8'],
  cuda: ['fp16', 'fp32', 'int8'],
  webgpu: ['fp16', 'fp32', 'int8'],
  cpu: ['int8', 'fp32', 'fp16'],
};

type Variant = readonly [precision: Precision, file: string];

/** How onnxruntime says that a file uses an operator which it cannot compute: int8 convolutions on the CPU, in some releases. */
const LACKS_OPERATOR = /Could not find an implementation for/;

/**
 * Loads both towers of a model into an inference worker, on the first provider that passes a real inference.
 * @throws FieldscoutError PROVIDER_UNAVAILABLE with the reason of each provider that was tried.
 */
export async function loadClip(
  folder: ModelFolder,
  settings: ClipSettings,
  reports: ClipReports,
  workerEntry: string = inferenceWorkerEntry,
): Promise<ClipModel> {
  const tokenizer = await ClipTokenizer.open(folder.tokenizerFile, folder.maxTokens);
  const reasons: string[] = [];
  for (const provider of settings.providers) {
    const variants =
      provider === 'tensorrt' && settings.engine
        ? [[settings.engine.precision, settings.engine.file] as const]
        : variantsInOrder(folder, folder.visionFiles, 'vision', provider, settings.precision);
    const [[textPrecision, textFile]] = variantsInOrder(folder, folder.textFiles, 'text', 'cpu', settings.precision);
    for (const [i, [precision, visionFile]] of variants.entries()) {
      const host = new InferenceHost(
        workerEntry,
        {
          visionFile,
          textFile,
          provider,
          threads: settings.threads,
          padTextsTo: folder.padToMax ? folder.maxTokens : 0,
          padId: tokenizer.padId,
          inputSize: folder.preprocessor.inputSize,
        },
        reports.warn,
      );
      try {
        const embeddingSize = await host.start();
        return new LoadedClip(folder, provider, precision, textPrecision, embeddingSize, tokenizer, host, reports);
      } catch (error) {
        const reason = errorLine(error);
        if (i + 1 < variants.length && LACKS_OPERATOR.test(reason)) {
          reports.warn(`provider ${provider} cannot run the ${precision} vision model: ${reason}`);
          continue;
        }
        reasons.push(`${provider}: ${reason}`);
        reports.warn(`provider ${provider} cannot be used: ${reason}`);
        break;
      }
    }
  }
  throw new FieldscoutError(
    'PROVIDER_UNAVAILABLE',
    `No provider runs ${folder.ref.id} (${reasons.join('; ')}).`,
    'Add "cpu" to providers, or run "fieldscout models verify".',
  );
}

/** The files that the choice of precision leaves, best first; at least one. */
function variantsInOrder(
  folder: ModelFolder,
  files: ModelFolder['visionFiles'],
  tower: 'vision' | 'text',
  provider: Provider,
  wanted: Precision | 'auto',
): readonly [Variant, ...Variant[]] {
  // A model may have one tower in the wanted precision only: the other takes what there is.
  const order = wanted === 'auto' ? PRECISIONS[provider] : [wanted, ...(tower === 'text' ? PRECISIONS.cpu : [])];
  const variants = order.flatMap((precision): Variant[] => {
    const file = files[precision];
    return file === undefined ? [] : [[precision, file]];
  });
  const [best, ...others] = variants;
  if (best) return [best, ...others];
  throw new FieldscoutError(
    'MODEL_INVALID',
    `${folder.dir}/onnx has no ${wanted} ${tower} model; there is ${Object.keys(files).join(', ')}.`,
    'Choose another precision, or "auto".',
  );
}

class LoadedClip implements ClipModel {
  constructor(
    private readonly folder: ModelFolder,
    readonly provider: Provider,
    readonly precision: Precision,
    private readonly textPrecision: Precision,
    readonly embeddingSize: number,
    private readonly tokenizer: ClipTokenizer,
    private readonly host: InferenceHost,
    private readonly reports: ClipReports,
  ) {}

  get model() {
    return this.folder.ref;
  }

  get textTower() {
    return { sha256: this.model.sha256, precision: this.textPrecision };
  }

  get restarts() {
    return this.host.restarts;
  }

  get calibration() {
    return this.folder.calibration;
  }

  get centreSampled() {
    return this.folder.centreSampled;
  }

  get negatives() {
    return this.folder.negatives;
  }

  get vocabulary() {
    return this.folder.vocabulary;
  }

  get preprocessor() {
    return this.folder.preprocessor;
  }

  /** One text a run: an int8 embedding depends on what shares its batch, and a cached one must not. */
  async encodeTexts(texts: readonly string[]): Promise<readonly Float32Array[]> {
    const embeddings: Float32Array[] = [];
    for (const text of texts) {
      const cut = this.tokenizer.tokensCut(text);
      if (cut > 0)
        this.reports.warn(`the model does not see the last ${cut} tokens of the prompt "${text.slice(0, 60)}..."`);
      embeddings.push(await this.host.run({ kind: 'text', ids: this.tokenizer.encode(text) }));
    }
    return embeddings;
  }

  async encodeImages(pixels: Float32Array, count: number): Promise<readonly Float32Array[]> {
    const all = await this.host.run({ kind: 'images', pixels, count });
    return Array.from({ length: count }, (_, i) => all.subarray(i * this.embeddingSize, (i + 1) * this.embeddingSize));
  }

  async close(): Promise<void> {
    await this.host.close();
  }
}
