/** Something is held up until it ends. */
export interface Pause {
  readonly ended: Promise<void>;
  readonly end: () => void;
}

export function makePause(): Pause {
  let end: () => void = () => undefined; // replaced at once
  const ended = new Promise<void>((resolve) => {
    end = resolve;
  });
  return { ended, end };
}
