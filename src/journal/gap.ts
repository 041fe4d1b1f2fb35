export interface GapPlace {
  readonly topic: string;
  /** Version of the payload. */
  readonly schema: number;
}

/** Messages that never had a sequence: the disk took nothing and memory was full. */
export interface MissedMessages {
  readonly reason: string;
  readonly kinds: Readonly<Record<string, number>>;
  readonly cameras: readonly string[];
  readonly fromMs: number;
  readonly toMs: number;
}

/** As `gapPayload` of the uplink says. */
export interface Gap {
  readonly schema: number;
  readonly id: string;
  readonly at: string;
  readonly reason: string;
  readonly count: number;
  readonly kinds: Readonly<Record<string, number>>;
  readonly cameras: readonly string[];
  readonly firstSequence: number | null;
  readonly lastSequence: number | null;
  readonly from: string;
  readonly to: string;
}

/** One gap record for two of the same reason. */
export function together(a: Gap, b: Gap): Gap {
  const kinds: Record<string, number> = { ...a.kinds };
  for (const [kind, count] of Object.entries(b.kinds)) kinds[kind] = (kinds[kind] ?? 0) + count;
  const ends = [a.firstSequence, a.lastSequence, b.firstSequence, b.lastSequence].filter((n) => n !== null);
  return {
    ...a,
    at: b.at,
    count: a.count + b.count,
    kinds,
    cameras: [...new Set([...a.cameras, ...b.cameras])],
    firstSequence: ends.length === 0 ? null : Math.min(...ends),
    lastSequence: ends.length === 0 ? null : Math.max(...ends),
    from: a.from < b.from ? a.from : b.from,
    to: a.to > b.to ? a.to : b.to,
  };
}

export function instant(ms: number): string {
  return new Date(ms).toISOString();
}
