import { readdir, readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const dir = fileURLToPath(new URL('../../models/export/parity/', import.meta.url));
const files = await readdir(dir);

interface ParityReport {
  readonly leastCosine: Readonly<Record<string, number>>;
  readonly controlCosine: Readonly<Record<string, number>>;
}

it.each(files)(
  '%s: an export lies a thousand times closer to its original than two inputs do to each other',
  async (file) => {
    const { leastCosine, controlCosine } = JSON.parse(await readFile(`${dir}${file}`, 'utf8')) as ParityReport;
    for (const tower of ['image', 'text']) {
      const least = leastCosine[tower] as number;
      const control = controlCosine[tower] as number;
      expect(least).toBeGreaterThan(0.9999);
      expect(1 - least).toBeLessThan(0.001 * (1 - control));
    }
  },
);
