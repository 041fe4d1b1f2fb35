/** What one line of `tegrastats` says, by NVIDIA's documentation of its form (no line of a board was at hand). What it leaves out is null. */
export interface TegraReading {
  /** Share of the GPU that works, 0 to 1. */
  readonly gpuLoad: number | null;
  /** Degrees Celsius by sensor, lower case; sensors that are off (-256) left out. */
  readonly temperaturesC: Readonly<Record<string, number>>;
  /** Milliwatts now, by rail. */
  readonly powerMw: Readonly<Record<string, number>>;
  readonly memoryMiB: { readonly used: number; readonly total: number } | null;
}

/** Below this a sensor is not there: NVIDIA's driver gives -256 for one that is switched off. */
const OFF_BELOW_C = -100;

/** @returns null for a line that is none of tegrastats' */
export function parseTegrastats(line: string): TegraReading | null {
  const [, used, total] = /\bRAM (\d+)\/(\d+)MB/.exec(line) ?? [];
  if (used === undefined || total === undefined) return null;
  const [, gpu] = /\bGR3D_FREQ (\d+)%/.exec(line) ?? [];
  const temperaturesC: Record<string, number> = {};
  for (const [, name, value] of line.matchAll(/\b([A-Za-z0-9_]+)@(-?\d+(?:\.\d+)?)C\b/g)) {
    if (name !== undefined && Number(value) > OFF_BELOW_C) temperaturesC[name.toLowerCase()] = Number(value);
  }
  const powerMw: Record<string, number> = {};
  for (const [, name, now] of line.matchAll(/\b([A-Z][A-Z0-9_]+) (\d+)mW\/\d+mW/g)) {
    if (name !== undefined) powerMw[name] = Number(now);
  }
  return {
    gpuLoad: gpu === undefined ? null : Number(gpu) / 100,
    temperaturesC,
    powerMw,
    memoryMiB: { used: Number(used), total: Number(total) },
  };
}
