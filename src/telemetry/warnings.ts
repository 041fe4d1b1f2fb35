/** Of one source; the oldest are let go of. */
const MOST_LINES = 20;

/** What is wrong with the node now, by what said it, for health. Each line is logged when it is new. */
export class Warnings {
  private readonly bySource = new Map<string, readonly string[]>();

  constructor(private readonly log: (line: string) => void) {}

  get lines(): readonly string[] {
    return [...new Set([...this.bySource.values()].flat())];
  }

  /** One more of a source. */
  add(source: string, line: string): void {
    this.replace(source, [...(this.bySource.get(source) ?? []), line]);
  }

  /** All that a source has to say now: what it said before and does not say again is over. */
  replace(source: string, lines: readonly string[]): void {
    const before = this.bySource.get(source) ?? [];
    const now = [...new Set(lines)].slice(-MOST_LINES);
    this.bySource.set(source, now);
    for (const line of now) if (!before.includes(line)) this.log(line);
  }
}
