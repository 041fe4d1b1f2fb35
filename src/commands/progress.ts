import { Presets, SingleBar } from 'cli-progress';

export interface Progress {
  step(): void;
  stop(): void;
}

/** A bar on a terminal's standard error; nothing where nobody watches. */
export function progressBar(total: number, what: string): Progress {
  if (!process.stderr.isTTY || total < 2) return { step: () => undefined, stop: () => undefined };
  const bar = new SingleBar(
    { format: `${what} {bar} {value}/{total} | {eta_formatted} left`, stream: process.stderr, clearOnComplete: true },
    Presets.shades_classic,
  );
  bar.start(total, 0);
  return { step: () => bar.increment(), stop: () => bar.stop() };
}
