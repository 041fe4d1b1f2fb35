import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Tokenizer } from '@huggingface/tokenizers';
import { errorLine, FieldscoutError } from '../errors.js';
import { readRegularFile } from '../regular-file.js';

/** Texts to token ids, as the model was trained: begin and end tokens, cut at the model's length. */
export class ClipTokenizer {
  private constructor(
    private readonly tokenizer: Tokenizer,
    private readonly maxTokens: number,
    readonly padId: number,
  ) {}

  /** @param tokenizerFile a Hugging Face `tokenizer.json`; `tokenizer_config.json` beside it is read where it exists. */
  static async open(tokenizerFile: string, maxTokens: number): Promise<ClipTokenizer> {
    const definition = await readJson(tokenizerFile);
    const configFile = join(dirname(tokenizerFile), 'tokenizer_config.json');
    const config = existsSync(configFile) ? await readJson(configFile) : {};
    try {
      const tokenizer = new Tokenizer(definition, config);
      const padToken = typeof config.pad_token === 'string' ? config.pad_token : undefined;
      const padId = padToken === undefined ? 0 : (tokenizer.token_to_id(padToken) ?? 0);
      return new ClipTokenizer(tokenizer, maxTokens, padId);
    } catch (cause) {
      throw new FieldscoutError(
        'MODEL_INVALID',
        `${tokenizerFile}: the tokenizer cannot be built: ${errorLine(cause)}.`,
        'Use the tokenizer.json that was published with this model.',
        { cause },
      );
    }
  }

  /** Token ids of one text, not padded; a text that is too long keeps its end token as the last one. */
  encode(text: string): readonly number[] {
    const { ids } = this.tokenizer.encode(text);
    if (ids.length <= this.maxTokens) return ids;
    const end = ids.at(-1) as number;
    return [...ids.slice(0, this.maxTokens - 1), end];
  }

  /** How many of a text's tokens the model does not see. */
  tokensCut(text: string): number {
    return Math.max(0, this.tokenizer.encode(text).ids.length - this.maxTokens);
  }
}

const MAX_BYTES = 200_000_000;

async function readJson(path: string): Promise<Record<string, unknown>> {
  try {
    return JSON.parse((await readRegularFile(path, MAX_BYTES)).toString('utf8')) as Record<string, unknown>;
  } catch (cause) {
    throw new FieldscoutError(
      'MODEL_INVALID',
      `${path} cannot be read: ${errorLine(cause)}.`,
      'Fetch the file anew from where the model was published.',
      { cause },
    );
  }
}
