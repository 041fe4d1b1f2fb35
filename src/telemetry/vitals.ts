import { readdir, readFile, statfs } from 'node:fs/promises';
import { freemem, totalmem } from 'node:os';
import { join } from 'node:path';

export interface Vitals {
  readonly memory: { readonly rssBytes: number; readonly freeBytes: number; readonly totalBytes: number };
  readonly disk: { readonly freeBytes: number; readonly totalBytes: number } | null;
  /** Degrees Celsius by thermal zone. */
  readonly temperaturesC: Readonly<Record<string, number>>;
}

/** How the machine fares. What the board does not tell is left out. */
export async function readVitals(storageDir: string): Promise<Vitals> {
  return {
    memory: { rssBytes: process.memoryUsage.rss(), freeBytes: freemem(), totalBytes: totalmem() },
    disk: await diskOf(storageDir),
    temperaturesC: await temperatures('/sys/class/thermal'),
  };
}

async function diskOf(dir: string): Promise<Vitals['disk']> {
  try {
    const { bavail, blocks, bsize } = await statfs(dir);
    return { freeBytes: bavail * bsize, totalBytes: blocks * bsize };
  } catch {
    return null; // the health payload says null: not known
  }
}

/** Linux's thermal zones: /sys/class/thermal/thermal_zone<n>/{type,temp}, in thousandths of a degree. */
export async function temperatures(dir: string): Promise<Readonly<Record<string, number>>> {
  const found: Record<string, number> = {};
  for (const zone of (await readdir(dir).catch(() => [])).filter((name) => name.startsWith('thermal_zone'))) {
    try {
      const name = (await readFile(join(dir, zone, 'type'), 'utf8')).trim();
      const value = Number(await readFile(join(dir, zone, 'temp'), 'utf8')) / 1000;
      if (Number.isFinite(value)) found[name in found ? `${name}-${zone.slice('thermal_zone'.length)}` : name] = value;
    } catch {
      // A zone that is switched off gives an error: it has no temperature to tell.
    }
  }
  return found;
}
