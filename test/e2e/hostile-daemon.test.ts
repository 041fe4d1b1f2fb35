import { cp, mkdir, mkdtemp, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { bundledModels } from '../../src/paths.js';
import { isOneClearLine } from '../support/hostile-command.js';
import { freePort, HostileDaemon, holdPort, listen, waitFor } from '../support/hostile-daemon.js';
import { type HostilePicture, hostilePictures, textured, writePicture } from '../support/hostile-pictures.js';

let root: string;
let count = 0;
let running: HostileDaemon | undefined;

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'fieldscout-hostile-daemon-'));
});

afterEach(() => running?.kill());
afterAll(() => rm(root, { recursive: true, force: true }));

async function freshDir(): Promise<string> {
  count += 1;
  const dir = join(root, String(count));
  await mkdir(join(dir, 'pictures'), { recursive: true });
  return dir;
}

async function start(dir: string, config: object): Promise<HostileDaemon> {
  running = await HostileDaemon.start(dir, config);
  return running;
}

const folderCamera = {
  id: 'bed',
  source: 'folder:pictures',
  intervalMs: 10,
  prompts: ['words.yaml'],
  tiles: { scales: [1024] },
  // The pictures of odd sizes are black, and are to be looked at nevertheless.
  pictureChecks: { black: false },
};

const words = (prompt: string) => `title: Words\ntargets:\n  - id: thing\n    name: Thing\n    prompts: [${prompt}]\n`;

async function settings() {
  const [brokerPort, pagePort] = [await freePort(), await freePort()];
  return { broker: { port: brokerPort }, dashboard: { port: pagePort }, storage: { dir: 'data' } };
}

async function replace(path: string, content: string): Promise<void> {
  await writeFile(`${path}.new`, content);
  await rename(`${path}.new`, path);
}

interface Health {
  readonly cameras: readonly {
    readonly framesLookedAt: number;
    readonly framesDropped: Readonly<Record<string, number>>;
    readonly promptSet: { readonly hash: string };
  }[];
}

describe('a node that is fed with everything hostile', () => {
  it('goes on, counts what it drops by reason, keeps its words while the file is broken, and stops cleanly', async () => {
    const dir = await freshDir();
    // One of a few megapixels that takes seconds on a small board says no more than the others.
    const pictures = (await hostilePictures()).filter(({ name }) => !name.startsWith('size-30000x1200'));
    await writeFile(join(dir, 'words.yaml'), words('a green aphid'));
    const config = await settings();
    const daemon = await start(dir, { ...config, cameras: [folderCamera] });
    await daemon.says(/^MQTT: /);
    const { client, newest } = await listen(config.broker.port);
    const before = daemon.memoryBytes;
    const first = (await waitFor(
      () => newest.get('health'),
      10_000,
      () => 'no health',
    )) as unknown as Health;

    // A folder shows a picture under its final name at once when it is moved in.
    const outside = join(dir, 'outside');
    await mkdir(outside);
    for (const picture of pictures) {
      await writePicture(outside, picture);
      await rename(join(outside, picture.name), join(dir, 'pictures', picture.name));
    }

    const file = join(dir, 'words.yaml');
    await replace(file, 'title: Words\ntargets: [\n');
    await daemon.says(/^the prompts stay as they were: .*words\.yaml:\d+:\d+: not YAML/);
    await replace(file, words('""'));
    await daemon.says(/^the prompts stay as they were: .*an empty text/);
    await replace(file, words('a red beetle'));
    await daemon.says(/^prompts reloaded/);

    await waitForPictures(daemon, pictures);
    await writeFile(join(dir, 'pictures', 'zz-last.jpg'), await textured().jpeg().toBuffer());
    const lastSeen = () => (newest.get('detections') as { frame?: { origin: string } } | undefined)?.frame?.origin;
    await waitFor(
      () => (lastSeen() === 'zz-last.jpg' ? true : undefined),
      20_000,
      () => `the last picture looked at is ${lastSeen()}`,
    );
    const grown = daemon.memoryBytes - before;
    const dropped = droppedOf(daemon);
    const stopped = waitFor(
      () => (newest.get('status')?.state === 'stopped' ? true : undefined),
      10_000,
      () => `the last status is ${JSON.stringify(newest.get('status'))}`,
    );
    const { code, signal, ms } = await daemon.stop('SIGTERM');
    await stopped;
    const camera = (newest.get('health') as unknown as Health).cameras[0];
    client.end(true);

    expect({ code, signal }).toEqual({ code: 0, signal: null });
    expect(ms).toBeLessThan(3000);
    const refused = pictures.filter(({ fate }) => fate === 'refused');
    const either = pictures.filter(({ fate }) => fate === 'either').length;
    const tooLarge = refused.filter(({ name }) => name.startsWith('size-')).length;
    expect(camera?.framesDropped['too-large']).toBe(tooLarge);
    expect(Object.keys(camera?.framesDropped ?? {}).sort()).toEqual(['too-large', 'unreadable']);
    const total = (camera?.framesDropped.unreadable ?? 0) + tooLarge;
    expect(total).toBe(dropped.length);
    expect(total).toBeGreaterThanOrEqual(refused.length);
    expect(total).toBeLessThanOrEqual(refused.length + either);
    expect((camera?.framesLookedAt ?? 0) + total).toBeGreaterThanOrEqual(pictures.length);
    expect(camera?.promptSet.hash).not.toBe(first.cameras[0]?.promptSet.hash);
    for (const line of dropped) isOneClearLineOfLog(line);
    expect(grown).toBeLessThan(600_000_000);
    expect(daemon.stderr).toBe('');
  }, 90_000);
});

function droppedOf(daemon: HostileDaemon): readonly string[] {
  return daemon.messages.filter((message) => message.startsWith('frame dropped: '));
}

/** Until every refused one was named. */
async function waitForPictures(daemon: HostileDaemon, pictures: readonly HostilePicture[]): Promise<void> {
  const wanted = pictures.filter(({ fate }) => fate === 'refused').length;
  await waitFor(
    () => (droppedOf(daemon).length >= wanted ? true : undefined),
    60_000,
    () => `${droppedOf(daemon).length} of ${wanted} were refused`,
  );
}

function isOneClearLineOfLog(line: string): void {
  expect(line).not.toMatch(/\p{Cc}| {4}at |(?<!\.)undefined|\[object/u);
}

describe('a node that cannot start', () => {
  it.each([
    ['prompts that are not there', { cameras: [{ ...folderCamera, prompts: ['nowhere.yaml'] }] }, /nowhere\.yaml/],
    ['a camera of no known kind', { cameras: [{ ...folderCamera, source: 'ftp://a:b@c' }] }, /Camera "bed".*ftp:\/\/c/],
    ['a scene that is not there', { cameras: [{ ...folderCamera, source: 'sim:moon' }] }, /sim:moon/],
    ['a model folder that is none', { model: '../../../../../../../../etc' }, /\/etc is neither/],
    [
      'a password file that is a pipe to nowhere',
      { mqtt: { url: 'mqtt://b', passwordFile: '/dev/zero' } },
      /mqtt\.passwordFile: \/dev\/zero/,
    ],
    ['a storage folder that is a file', { storage: { dir: 'words.yaml' } }, /storage\.dir: .*words\.yaml/],
    ['a storage folder that cannot be made', { storage: { dir: '/proc/fieldscout/data' } }, /storage\.dir: \/proc/],
    ['an address that is not here', { dashboard: { host: '203.0.113.7' } }, /dashboard\.host: 203\.0\.113\.7/],
    ['an open broker without a password', { broker: { host: '0.0.0.0' } }, /broker\.host.*passwordFile/],
  ])('says in one line that it is for %s, with exit code 1', async (_name, change, says) => {
    const dir = await freshDir();
    await writeFile(join(dir, 'words.yaml'), words('a green aphid'));
    const daemon = await start(dir, { ...(await settings()), ...change });
    const { code } = await daemon.stop();
    expect(code).toBe(1);
    isOneClearLine(daemon.stderr.trimEnd());
    expect(daemon.stderr).toMatch(says);
  });

  it.each(['broker', 'dashboard'] as const)('names %s.port where that port is taken', async (part) => {
    const config = await settings();
    const release = await holdPort(config[part].port);
    const daemon = await start(await freshDir(), config);
    const { code } = await daemon.stop();
    release?.();
    expect(code).toBe(1);
    isOneClearLine(daemon.stderr.trimEnd());
    expect(daemon.stderr).toContain(`${part}.port`);
    expect(daemon.stderr).toContain(String(config[part].port));
  });
});

describe('a node in trouble', () => {
  it('takes the next free ports where the default ones are taken, and says so', async () => {
    const held = [await holdPort(1883), await holdPort(8080)];
    const daemon = await start(await freshDir(), { storage: { dir: 'data' } });
    const broker = await daemon.says(/^MQTT: /);
    const page = await daemon.says(/^Page: /);
    const { code } = await daemon.stop('SIGTERM');
    for (const release of held) release?.();
    const portOf = (line: string) => Number(/:(\d+)$/.exec(line)?.[1]);
    expect(portOf(broker)).toBeGreaterThan(1883);
    expect(portOf(page)).toBeGreaterThan(8080);
    expect(daemon.messages).toContain(
      `Port 1883 is taken: the broker uses ${portOf(broker)}. Set broker.port to choose one.`,
    );
    expect(daemon.messages).toContain(
      `Port 8080 is taken: the page uses ${portOf(page)}. Set dashboard.port to choose one.`,
    );
    expect(code).toBe(0);
  });

  it('stops cleanly where Ctrl-C comes twice', async () => {
    const config = await settings();
    const daemon = await start(await freshDir(), config);
    await daemon.says(/^Page: /);
    const { client, newest } = await listen(config.broker.port);
    const stopped = waitFor(
      () => (newest.get('status')?.state === 'stopped' ? true : undefined),
      10_000,
      () => 'no stopped',
    );
    const { code, signal, ms } = await daemon.stop('SIGINT', 'SIGINT');
    await stopped;
    client.end(true);
    expect({ code, signal }).toEqual({ code: 0, signal: null });
    expect(ms).toBeLessThan(3000);
    expect(daemon.messages.at(-1)).toBe('stopped');
  });

  it('works on where nobody reads its log any more, and where its model folder is deleted', async () => {
    const dir = await freshDir();
    await cp(join(bundledModels, 'scout-tiny'), join(dir, 'model'), { recursive: true });
    await writeFile(join(dir, 'words.yaml'), words('a green aphid'));
    const config = await settings();
    const daemon = await start(dir, { ...config, model: './model', logLevel: 'debug', cameras: [folderCamera] });
    await daemon.says(/^Page: /);
    const { client, newest } = await listen(config.broker.port);
    daemon.child.stdout?.destroy();
    await rm(join(dir, 'model'), { recursive: true });
    await replace(join(dir, 'words.yaml'), words('a red beetle'));
    for (let i = 0; i < 5; i += 1) {
      await writeFile(join(dir, 'pictures', `broken-${i}.jpg`), 'no picture');
      await writeFile(join(dir, 'pictures', `sound-${i}.jpg`), await textured().jpeg().toBuffer());
    }
    await waitFor(
      () => (daemon.stderr === '' ? undefined : true),
      10_000,
      () => 'it did not say that its log goes nowhere',
    );
    await new Promise((resolve) => setTimeout(resolve, 1500));
    const { code, signal } = await daemon.stop('SIGTERM');
    await waitFor(
      () => (newest.get('status')?.state === 'stopped' ? true : undefined),
      5000,
      () => 'no stopped',
    );
    client.end(true);
    expect({ code, signal }).toEqual({ code: 0, signal: null });
    expect(daemon.stderr).toMatch(/^fieldscout: the log goes nowhere any more \(.*EPIPE\); the node goes on\n$/);
    const camera = (newest.get('health') as unknown as Health).cameras[0];
    expect(camera?.framesDropped).toEqual({ unreadable: 5 });
    expect(camera?.framesLookedAt).toBe(5);
  });
});
