import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';

const entry = fileURLToPath(new URL('../../bin/fieldscout.mjs', import.meta.url));
const dir = mkdtempSync(join(tmpdir(), 'fieldscout-config-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function check(source: string, device = 'auto') {
  const file = join(dir, 'fieldscout.yaml');
  writeFileSync(file, `device: ${device}\ncameras:\n  - id: row\n    source: ${JSON.stringify(source)}\n`);
  const { status, stdout, stderr } = spawnSync(process.execPath, [entry, 'config', 'check', file], {
    encoding: 'utf8',
  });
  return { status, stdout, stderr: stderr.trim(), file };
}

describe('fieldscout config check', () => {
  it('takes a simulated scene with its condition, and a camera that is not there now', () => {
    for (const source of ['sim:crop-row?condition=dusk&seed=3&empty', 'rtsp://192.0.2.1/stream', 'folder:/nowhere'])
      expect(check(source)).toMatchObject({ status: 0, stderr: '' });
  }, 60_000);

  it.each([
    ['a scene that there is none of', 'sim:jungle', 'there is no simulated scene of this name'],
    ['a condition that there is none of', 'sim:leaf?condition=snow', 'there is no condition "snow"'],
    ['what no scene can be told', 'sim:leaf?wind=9', '"wind" is nothing that a scene can be told'],
    ['a kind of camera that there is none of', 'ftp://me:s3cret@camera/1', 'is none that Fieldscout knows'],
  ])(
    'refuses %s in one line with file, camera and remedy',
    (_, source, reason) => {
      const { status, stdout, stderr, file } = check(source);
      expect([status, stdout]).toEqual([1, '']);
      expect(stderr.split('\n')).toHaveLength(1);
      expect(stderr).toContain(`${file}: camera "row": `);
      expect(stderr).toContain(reason);
      expect(stderr).toMatch(/ Use .*\[SOURCE_INVALID\]$/);
      expect(stderr).not.toContain('s3cret');
    },
    60_000,
  );

  it('refuses a device profile that there is none of, and names those that there are', () => {
    const { status, stdout, stderr, file } = check('sim:leaf', 'jetson-nano');
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr.split('\n')).toHaveLength(1);
    expect(stderr).toContain(`${file}: device: There is no device profile "jetson-nano"; there is jetson-agx-orin, `);
    expect(stderr).toContain('Set device to one of them, or to "auto". [CONFIG_INVALID]');
    expect(check('sim:leaf', 'raspberry-pi-5').status).toBe(0);
  }, 60_000);
});
