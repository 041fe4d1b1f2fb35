/** One actor's stay in the scene. */
export interface Visit {
  /** Counts the actor's visits. */
  readonly turn: number;
  readonly elapsedMs: number;
}

/**
 * An actor comes once in every period and stays for a part of it, for ever.
 * @param phaseMs how far into its period the actor is when the camera begins.
 * @returns null while it is away.
 */
export function visitAt(timeMs: number, periodMs: number, stayMs: number, phaseMs: number): Visit | null {
  const moved = timeMs + phaseMs;
  const turn = Math.floor(moved / periodMs);
  const elapsedMs = moved - turn * periodMs;
  return elapsedMs < stayMs ? { turn, elapsedMs } : null;
}
