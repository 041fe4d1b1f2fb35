/** Waits until something holds, and looks whenever `changed` is called. One wait at a time. */
export class Condition {
  #look: (() => void) | undefined;

  changed(): void {
    this.#look?.();
  }

  /** Resolves when it holds, or when the time is over. */
  async until(timeoutMs: number, holds: () => boolean): Promise<void> {
    if (holds()) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#look = () => {
        if (!holds()) return;
        clearTimeout(timer);
        resolve();
      };
    });
    this.#look = undefined;
  }
}
