/** One timer a name: setting it again replaces it. */
export class NamedTimers<Name extends string> {
  readonly #timers = new Map<Name, NodeJS.Timeout>();

  set(name: Name, delayMs: number, action: () => void): void {
    this.clear(name);
    this.#timers.set(name, setTimeout(action, delayMs));
  }

  clear(...names: readonly Name[]): void {
    for (const name of names) clearTimeout(this.#timers.get(name));
  }
}
