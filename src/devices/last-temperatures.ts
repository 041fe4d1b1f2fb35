/** A zone that does not answer is taken to be as warm as it last was for so long: a hot board can lose a sensor by its heat. */
const STANDS_MS = 600_000;

interface Reading {
  readonly celsius: number;
  readonly atMs: number;
}

export interface KnownTemperatures {
  /** Degrees Celsius by thermal zone, as read now or at most 10 minutes ago. */
  readonly celsius: Readonly<Record<string, number>>;
  /** The last of zones that have told nothing for longer. */
  readonly lostC: Readonly<Record<string, number>>;
}

/** What is known of the thermal zones, those that cannot be read now among them. */
export class LastTemperatures {
  private readonly zones = new Map<string, Reading>();

  /** @param nowMs of a clock that nobody sets */
  constructor(private readonly nowMs: () => number) {}

  /** Takes what the zones tell now. */
  with(readC: Readonly<Record<string, number>>): KnownTemperatures {
    const atMs = this.nowMs();
    for (const [zone, celsius] of Object.entries(readC)) this.zones.set(zone, { celsius, atMs });
    const stands = ([, reading]: readonly [string, Reading]) => atMs - reading.atMs <= STANDS_MS;
    const all = [...this.zones];
    return { celsius: degrees(all.filter(stands)), lostC: degrees(all.filter((entry) => !stands(entry))) };
  }
}

const degrees = (zones: readonly (readonly [string, Reading])[]): Readonly<Record<string, number>> =>
  Object.fromEntries(zones.map(([zone, { celsius }]) => [zone, celsius]));
