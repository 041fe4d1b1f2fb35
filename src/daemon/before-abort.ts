/** Settles with the work or when the signal aborts, whichever comes first; the work's failure after that is of no interest. */
export async function beforeAbort(work: Promise<void>, signal: AbortSignal): Promise<void> {
  let leave: (() => void) | undefined;
  const aborted = new Promise<void>((resolve) => {
    leave = resolve;
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', leave, { once: true });
  });
  try {
    await Promise.race([work, aborted]);
  } finally {
    if (leave) signal.removeEventListener('abort', leave);
  }
}
