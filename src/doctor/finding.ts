/** `skipped`: it could not be looked at, because of something else that failed. */
export type Verdict = 'ok' | 'warn' | 'fail' | 'skipped';

/** One thing that was examined. */
export interface Finding {
  /** What was looked at, e.g. "camera leaf". */
  readonly check: string;
  readonly verdict: Verdict;
  /** A stable name of what is wrong, for programs, e.g. "broker-login"; null where nothing is. */
  readonly cause: string | null;
  /** What was found, for people. */
  readonly message: string;
  /** What to do; null where there is nothing to be done. */
  readonly remedy: string | null;
}

export const fine = (check: string, message: string): Finding => ({
  check,
  verdict: 'ok',
  cause: null,
  message,
  remedy: null,
});

export const skipped = (check: string, message: string): Finding => ({ ...fine(check, message), verdict: 'skipped' });

export const wrong = (
  check: string,
  verdict: 'warn' | 'fail',
  cause: string,
  message: string,
  remedy: string,
): Finding => ({ check, verdict, cause, message, remedy });
