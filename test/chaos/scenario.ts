import { rmSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { undoAtExit } from './children.js';
import type { Row, Verdict } from './ledger.js';

/** What every scenario is handed. */
export interface ChaosOptions {
  /** All that is chosen at random follows from it; when the operating system does what, does not. */
  readonly seed: number;
  readonly progress: (line: string) => void;
}

/** What a scenario found out about one system. */
export interface Outcome {
  readonly row: Row;
  readonly verdict: Verdict;
  /** Numbers with their units in their names. */
  readonly measured: Readonly<Record<string, number>>;
}

/** Runs in a folder of its own, which is gone afterwards; each undo is called, the last one first, whatever happens. */
export async function inFolder<T>(
  name: string,
  work: (dir: string, later: (undo: Undo) => void) => Promise<T>,
): Promise<T> {
  const dir = await mkdtemp(join(tmpdir(), `fieldscout-chaos-${name}-`));
  const forget = undoAtExit(() => rmSync(dir, { recursive: true, force: true }));
  const undos: Undo[] = [];
  try {
    return await work(dir, (undo) => undos.unshift(undo));
  } finally {
    for (const undo of undos) await undo();
    await rm(dir, { recursive: true, force: true });
    forget();
  }
}

type Undo = () => Promise<unknown> | unknown;
