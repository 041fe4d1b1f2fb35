import { chmod, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from '../../src/config/load.js';
import { starterFile } from '../../src/config/starter.js';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'config-'));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

async function load(text: string) {
  await writeFile(join(dir, 'fieldscout.yaml'), text);
  return loadConfig(undefined, dir);
}

const invalid = (place: string) =>
  expect.objectContaining({
    code: 'CONFIG_INVALID',
    message: expect.stringMatching(new RegExp(`^${dir}/fieldscout\\.yaml:${place}`)) as string,
  });

describe('loadConfig', () => {
  it('takes the defaults where there is no file', async () => {
    const { config, origin, baseDir } = await loadConfig(undefined, dir);
    expect([origin, baseDir]).toEqual(['defaults', dir]);
    expect(config.cameras).toEqual([
      expect.objectContaining({
        id: 'leaf',
        source: 'sim:leaf',
        intervalMs: 1000,
        keepPictures: 'detections',
        tiles: { scales: [96, 192], wholeFrame: true },
      }),
    ]);
    expect(config.site).toEqual({ id: 'farm', name: 'My farm', timeZone: 'UTC' });
    expect(config.mqtt).toEqual({
      protocolVersion: 4,
      baseTopic: 'fieldscout',
      maxInFlight: 64,
      backlogPerSecond: 50,
      budget: {},
    });
  });

  it('reads an empty file as the defaults', async () => {
    const { config } = await load('# nothing yet\n');
    expect(config).toEqual((await loadConfig(undefined, tmpdir())).config);
  });

  it('takes what "config init" writes', async () => {
    const { config, origin } = await load(starterFile);
    expect(origin).toBe(join(dir, 'fieldscout.yaml'));
    expect(config).toEqual((await loadConfig(undefined, tmpdir())).config);
  });

  it('reads a named file, and takes its folder as the base of relative paths', async () => {
    await mkdir(join(dir, 'etc'));
    await writeFile(join(dir, 'etc/my.yaml'), 'node: trap-7\n');
    const { config, baseDir } = await loadConfig('etc/my.yaml', dir);
    expect([config.node, baseDir]).toEqual(['trap-7', join(dir, 'etc')]);
  });

  it('names a file that is not there', async () => {
    await expect(loadConfig('none.yaml', dir)).rejects.toMatchObject({
      code: 'CONFIG_UNREADABLE',
      message: expect.stringContaining(join(dir, 'none.yaml')) as string,
    });
  });

  it('names a folder in the place of the file', async () => {
    await mkdir(join(dir, 'fieldscout.yaml'));
    await expect(loadConfig(undefined, dir)).rejects.toMatchObject({
      code: 'CONFIG_UNREADABLE',
      message: expect.stringContaining(join(dir, 'fieldscout.yaml')) as string,
    });
  });

  it('names a file that may not be read', async (context) => {
    if (process.getuid?.() === 0) {
      context.task.meta.missing = ['root may read every file'];
      context.task.meta.required = false;
      context.skip();
    }
    await writeFile(join(dir, 'fieldscout.yaml'), 'node: a\n');
    await chmod(join(dir, 'fieldscout.yaml'), 0);
    await expect(loadConfig(undefined, dir)).rejects.toMatchObject({ code: 'CONFIG_UNREADABLE' });
  });

  it.each([
    ['an unknown key', 'site:\n  id: farm\n  nmae: x\n', '3:3: site: Unrecognized key: "nmae"'],
    ['a wrong type', 'node: scout\nthreads: many\n', '2:1: threads: '],
    ['a number out of bounds', 'batchSize: 0\n', '1:1: batchSize: '],
    [
      'a fault deep inside',
      'cameras:\n  - id: a\n    source: x\n  - id: b\n    source: y\n    intervalMs: 1\n',
      '6:5: cameras.1.intervalMs: ',
    ],
    ['a missing key, at its parent', 'cameras:\n  - id: a\n', '2:5: cameras.0.source: '],
    [
      'a time zone that is none',
      'site:\n  timeZone: Lisbon\n',
      '2:3: site.timeZone: not a time zone: use a name like "Europe/Lisbon"',
    ],
    ['a topic segment with a slash', 'node: a/b\n', '1:1: node: use 1 to 64 letters'],
    [
      'two cameras of one name',
      'cameras:\n  - {id: a, source: x}\n  - {id: a, source: y}\n',
      '3:6: cameras.1.id: two cameras are called "a"',
    ],
    [
      'an alert for a camera that is not there',
      'alerts:\n  - {id: r, target: aphid, camera: b, threshold: 3}\n',
      '2:28: alerts.0.camera: there is no camera "b"; there is leaf',
    ],
    [
      'an alert that clears above its threshold',
      'alerts:\n  - {id: r, target: aphid, threshold: 3, clearBelow: 4}\n',
      '2:42: alerts.0.clearBelow: must not be above threshold',
    ],
    [
      'a sure score that does nothing',
      'detection:\n  sureScore: 0.55\n',
      '2:3: detection.sureScore: does nothing unless it is above minScore',
    ],
    [
      'a password in the URL of the broker',
      'mqtt:\n  url: mqtt://me:secret@farm\n',
      '2:3: mqtt.url: no user or password in the URL',
    ],
    ['a key without its certificate', 'mqtt:\n  keyFile: key.pem\n', '1:1: mqtt: certFile and keyFile go together'],
    [
      'nobody to tell',
      'broker:\n  enabled: false\ndashboard:\n  enabled: false\n',
      '2:3: broker.enabled: without the embedded broker set mqtt.url',
    ],
    [
      'a page without a broker',
      'broker: {enabled: false}\nmqtt: {url: "mqtt://farm"}\n',
      '1:10: broker.enabled: the page needs the embedded broker',
    ],
    ['a list at the top', '- a\n', '1:1: the file: '],
    ['broken YAML', 'site:\n  id: [a\nnode: b\n', '\\d+:\\d+: not YAML: '],
    ['a key twice', 'node: a\nnode: b\n', '2:1: not YAML: Map keys must be unique'],
  ])('refuses %s by file, line and key', async (_, text, place) => {
    await expect(load(text)).rejects.toEqual(invalid(place));
  });

  it('tells the first of several faults and where the others are', async () => {
    await expect(load('threads: many\nbatchSize: 0\nnode: "a b"\n')).rejects.toEqual(
      invalid('.*\\(also: [a-zA-Z]+ in line \\d, [a-zA-Z]+ in line \\d\\)\\.$'),
    );
  });

  it('never tells a secret of the file in a message', async () => {
    await expect(load('mqtt:\n  url: mqtt://me:s3cret@farm\n')).rejects.not.toThrow(/s3cret/);
  });

  it('refuses aliases that multiply without end', async () => {
    const levels = Array.from({ length: 9 }, (_, i) => `l${i + 1}: &l${i + 1} [${Array(9).fill(`*l${i}`).join(', ')}]`);
    await expect(load(`l0: &l0 [x]\n${levels.join('\n')}\n`)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('fieldscout.yaml') as string,
    });
  });

  it('refuses a file of more than a megabyte', async () => {
    await expect(load(`# ${'x'.repeat(1_000_001)}`)).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: expect.stringContaining('fieldscout.yaml is larger than 1000000 bytes') as string,
    });
  });

  it('fits in one line whatever is wrong', async () => {
    for (const text of ['a: [', 'site: 3', 'site:\n - a', '"', ': :', '&a *a', '%YAML 9\n---\na']) {
      const error: unknown = await load(text).then(
        () => undefined,
        (reason: unknown) => reason,
      );
      expect(error, text).toMatchObject({ code: 'CONFIG_INVALID' });
      expect((error as { line: string }).line, text).not.toMatch(/\n/);
    }
  });
});
