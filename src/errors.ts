/**
 * Every mistake that a person or a peer can make has a code here; logs, exit messages and tests name the code, and
 * `docs` can explain it. Each error is one sentence that says what and where, and one that says how to mend it.
 */
export type ErrorCode =
  | 'USAGE'
  | 'CONFIG_UNREADABLE'
  | 'CONFIG_INVALID'
  | 'PORT_TAKEN'
  | 'SOURCE_INVALID'
  | 'SOURCE_UNAVAILABLE'
  | 'IMAGE_UNREADABLE'
  | 'IMAGE_TOO_LARGE'
  | 'VIEW_OUTSIDE'
  | 'VIEW_MASKED'
  | 'MODEL_UNKNOWN'
  | 'MODEL_INVALID'
  | 'MODEL_HASH_MISMATCH'
  | 'DOWNLOAD_FAILED'
  | 'TRIAL_FAILED'
  | 'PROVIDER_UNAVAILABLE'
  | 'INFERENCE_FAILED'
  | 'PROMPTS_UNREADABLE'
  | 'PROMPTS_INVALID'
  | 'COCO_INVALID'
  | 'BROKER_INVALID'
  | 'STORAGE_FAILED'
  | 'COMMAND_REFUSED';

/** An expected failure: `message` says what went wrong and where, `remedy` how to mend it. Printed without a stack. */
export class FieldscoutError extends Error {
  override readonly name = 'FieldscoutError';

  constructor(
    readonly code: ErrorCode,
    message: string,
    readonly remedy: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }

  /** The one line that a person sees. */
  get line(): string {
    return printable(`${this.message} ${this.remedy} [${this.code}]`);
  }
}

/** The one line for any thrown value: a FieldscoutError's own, else its message. */
export function errorLine(error: unknown): string {
  if (error instanceof FieldscoutError) return error.line;
  return printable(error instanceof Error ? error.message : String(error));
}

/**
 * Whether an error is to be told in its one line: ours, or what the operating system refused (a full disk, a missing permission),
 * which is no fault of the program and whose message says enough.
 */
export function isExpected(error: unknown): boolean {
  return error instanceof FieldscoutError || (error as NodeJS.ErrnoException | null)?.syscall !== undefined;
}

/**
 * A text as one line for a terminal. File names and peers' words may hold anything: what would move the cursor or colour the
 * terminal is written out.
 */
export function printable(text: string): string {
  return text.replace(/\s*[\r\n\u2028\u2029]\s*/g, ' ').replace(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/gu, (character) => {
    const code = character.charCodeAt(0);
    return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`;
  });
}
