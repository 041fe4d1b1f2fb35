import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { readClockTrust } from '../../src/telemetry/clock-trust.js';

const SYNCHRONISED = 'C0A80001,192.168.0.1,3,1780000000.1,0.0001,0.0002,0.0003,1.0,0.0,0.1,0.01,0.002,64.2,Normal\n';
const ADRIFT = '7F7F0101,,0,0.0,0.0,0.0,0.0,0.0,0.0,0.0,1.0,1.0,0.0,Not synchronised\n';

describe('readClockTrust', () => {
  let dir: string;
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), 'clock-'));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const trust = (answers: Readonly<Record<string, string>>) =>
    readClockTrust({ timesyncDir: join(dir, 'timesync'), ask: async (program) => answers[program] });

  it('is unknown where nobody says', async () => {
    expect(await trust({})).toBe('unknown');
  });

  it('believes timesyncd: not before it says so', async () => {
    await mkdir(join(dir, 'timesync'));
    expect(await trust({})).toBe('unsynchronised');
    await writeFile(join(dir, 'timesync', 'synchronized'), '');
    expect(await trust({})).toBe('synchronised');
  });

  it("believes the kernel's flag, which other time servers set too", async () => {
    expect(await trust({ timedatectl: 'no\n' })).toBe('unsynchronised');
    await mkdir(join(dir, 'timesync'));
    expect(await trust({ timedatectl: 'yes\n' })).toBe('synchronised');
  });

  it('believes chrony where systemd may not be asked', async () => {
    expect(await trust({ chronyc: ADRIFT })).toBe('unsynchronised');
    expect(await trust({ chronyc: SYNCHRONISED })).toBe('synchronised');
  });

  it('asks the real machine without failing', async () => {
    expect(['synchronised', 'unsynchronised', 'unknown']).toContain(await readClockTrust());
  });
});
