import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readVitals, temperatures } from '../../src/telemetry/vitals.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'vitals-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function zone(index: number, type: string, temp?: string): Promise<void> {
  await mkdir(join(dir, `thermal_zone${index}`));
  await writeFile(join(dir, `thermal_zone${index}`, 'type'), `${type}\n`);
  if (temp !== undefined) await writeFile(join(dir, `thermal_zone${index}`, 'temp'), temp);
}

describe('temperatures', () => {
  it('are in degrees by the name of their zone, two of one name told apart', async () => {
    await zone(0, 'cpu-thermal', '51500\n');
    await zone(1, 'gpu-thermal', '-2000\n');
    await zone(2, 'cpu-thermal', '60000\n');
    await mkdir(join(dir, 'cooling_device0'));
    expect(await temperatures(dir)).toEqual({ 'cpu-thermal': 51.5, 'gpu-thermal': -2, 'cpu-thermal-2': 60 });
  });

  it('leave out a zone that gives no number', async () => {
    await zone(0, 'off');
    await zone(1, 'odd', 'n/a');
    await zone(2, 'cpu', '40000');
    expect(await temperatures(dir)).toEqual({ cpu: 40 });
  });

  it('are none where the board tells none', async () => {
    expect(await temperatures(join(dir, 'none'))).toEqual({});
  });
});

describe('readVitals', () => {
  it('reads memory and the disk that holds the folder', async () => {
    const { memory, disk } = await readVitals(dir);
    expect(memory.rssBytes).toBeGreaterThan(10_000_000);
    expect(memory.totalBytes).toBeGreaterThanOrEqual(memory.freeBytes);
    expect(disk?.totalBytes).toBeGreaterThanOrEqual(disk?.freeBytes ?? Number.POSITIVE_INFINITY);
  });

  it('has no disk to tell of where the folder is gone', async () => {
    expect((await readVitals(join(dir, 'gone'))).disk).toBeNull();
  });
});
