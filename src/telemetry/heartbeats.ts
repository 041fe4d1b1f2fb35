/** Parts of the node that must show again and again that they work, each by its own beat. Nobody beats for another one. */
export class Heartbeats {
  private readonly lastMs = new Map<string, number>();

  /** @param elapsed milliseconds that nobody sets */
  constructor(private readonly elapsed: () => number) {}

  beat(part: string): void {
    this.lastMs.set(part, this.elapsed());
  }

  /** Time since the last beat; undefined where there was none. */
  ageMs(part: string): number | undefined {
    const last = this.lastMs.get(part);
    return last === undefined ? undefined : this.elapsed() - last;
  }

  /** Those that beat once and have been silent for longer, with how long. */
  stale(limitMs: number): readonly { readonly part: string; readonly ageMs: number }[] {
    return [...this.lastMs.keys()]
      .map((part) => ({ part, ageMs: this.ageMs(part) as number }))
      .filter(({ ageMs }) => ageMs > limitMs);
  }
}
