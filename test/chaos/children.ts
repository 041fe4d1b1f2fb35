import type { ChildProcess } from 'node:child_process';

const living = new Set<() => void>();
let isWatching = false;

/** Takes care that a process does not outlive this one, however this one ends (SIGKILL aside). */
export function killAtExit(child: Pick<ChildProcess, 'pid' | 'once'>, kill: () => void): void {
  watch();
  living.add(kill);
  child.once('exit', () => living.delete(kill));
}

/** The same for what is no process: runs at the end unless it was taken back before. */
export function undoAtExit(undo: () => void): () => void {
  watch();
  living.add(undo);
  return () => living.delete(undo);
}

function watch(): void {
  if (isWatching) return;
  isWatching = true;
  process.on('exit', () => {
    for (const end of living) {
      try {
        end();
      } catch (error) {
        console.error(`left behind: ${String(error)}`);
      }
    }
  });
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.once(signal, () => process.exit(130));
}
