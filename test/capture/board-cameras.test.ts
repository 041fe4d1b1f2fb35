import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { openSource } from '../../src/capture/open-source.js';
import { systemClock } from '../../src/capture/pace.js';
import type { SensorSettings } from '../../src/capture/sensor-settings.js';
import { configSchema } from '../../src/config/schema.js';
import { jpegOf } from './jpegs.js';
import { hastyClock } from './recorder.js';
import { RECOVERY_MS, StreamWatch } from './stream-watch.js';

interface Spawned {
  readonly command: string;
  readonly args: readonly string[];
  readonly shell: unknown;
}
const spawned = vi.hoisted(() => [] as Spawned[]);
/** Looks on; what takes a line for a shell, or waits for its end, is noted and does nothing. */
vi.mock('node:child_process', async (original) => {
  const real = await original<typeof import('node:child_process')>();
  const spawn = (command: string, args: string[], options: import('node:child_process').SpawnOptions) => {
    // setpriv becomes the program that it is told.
    const [program = '', ...programArgs] = args[2] === '--' ? args.slice(3) : [command, ...args];
    spawned.push({ command: program, args: programArgs, shell: options.shell });
    return real.spawn(command, args, options);
  };
  const others = ['exec', 'execSync', 'execFile', 'execFileSync', 'spawnSync', 'fork'].map((name) => [
    name,
    () => spawned.push({ command: name, args: [], shell: true }),
  ]);
  return { ...real, ...Object.fromEntries(others), spawn };
});

const PROGRAMS = ['ffmpeg', 'gst-launch-1.0', 'v4l2-ctl', 'rpicam-vid', 'libcamera-still'];
const pathBefore = process.env.PATH;
let bin: string;
let watch: StreamWatch | undefined;
beforeEach(() => {
  bin = mkdtempSync(join(tmpdir(), 'cameras-'));
  process.env.PATH = `${bin}:${pathBefore}`;
  spawned.length = 0;
});
afterEach(async () => {
  await watch?.end();
  watch = undefined;
  process.env.PATH = pathBefore;
  rmSync(bin, { recursive: true });
});

/** Stands for a camera's program: writes its arguments down, then does what the test says. */
function stub(name: string, action: string): void {
  writeFileSync(join(bin, name), `#!/bin/sh\nprintf '%s\\n' "$@" > '${join(bin, name)}.args'\n${action}\n`);
  chmodSync(join(bin, name), 0o755);
}

const argsOf = (name: string) =>
  readFileSync(join(bin, `${name}.args`), 'utf8')
    .trimEnd()
    .split('\n');

function open(source: string, sensor: SensorSettings, intervalMs = 50) {
  const settings = { camera: 'leaf', source, intervalMs, baseDir: bin, sensor, searchPath: bin };
  return openSource(settings, systemClock);
}

describe('cameras at the board, by stand-ins for their programs', () => {
  it.each([
    [
      'argus:1',
      'gst-launch-1.0',
      { widthPx: 1280, heightPx: 720, exposureUs: 8000, gain: 2 },
      [
        ...['-q', 'nvarguscamerasrc', 'sensor-id=1', 'exposuretimerange=8000000 8000000', 'gainrange=2 2', '!'],
        ...['video/x-raw(memory:NVMM),width=(int)1280,height=(int)720,framerate=(fraction)30/1', '!'],
        ...['videorate', 'drop-only=true', 'max-rate=20', '!', 'nvvidconv', '!'],
        ...['video/x-raw(memory:NVMM),format=(string)I420', '!', 'nvjpegenc', 'quality=90', '!', 'fdsink', 'fd=3'],
      ],
    ],
    [
      'libcamera:',
      'rpicam-vid',
      { exposureUs: 9000, focusDioptres: 8 },
      [
        ...['--timeout', '0', '--codec', 'mjpeg', '--framerate', '20', '--flush', '--nopreview', '--camera', '0'],
        ...['--output', '-', '--shutter', '9000', '--autofocus-mode', 'manual', '--lens-position', '8'],
      ],
    ],
    [
      'v4l2:/dev/video2',
      'ffmpeg',
      { widthPx: 1920, heightPx: 1080 },
      [...['-f', 'v4l2', '-video_size', '1920x1080', '-i', '/dev/video2']],
    ],
  ])(
    '%s hands its settings on, and recovers from a stall, garbage, an end and a change of size (stand-in for its program)',
    async (source, program, sensor, expected) => {
      const picture = join(bin, 'picture.jpg');
      writeFileSync(picture, await jpegOf(40));
      const large = join(bin, 'large.jpg');
      writeFileSync(large, await jpegOf(40, 160, 120));
      const mode = join(bin, 'mode');
      writeFileSync(mode, 'good');
      // What NVIDIA's source says about itself must not get among the pictures.
      const isArgus = program === 'gst-launch-1.0';
      stub(
        program,
        `${isArgus ? `exec 4>&1 1>&3; printf 'GST_ARGUS: \\377\\330' >&4; ` : ''}trap 'exit 0' PIPE\nwhile read m < '${mode}' || true; do case $m in good) cat '${picture}' || exit;; large) cat '${large}' || exit;; garbage) echo nonsense;; end) echo 'device is gone' >&2; exit 3;; esac; sleep 0.1; done`,
      );
      watch = new StreamWatch(open(source, sensor));
      await watch.more(3);
      expect(argsOf(program).join('\n')).toContain(expected.join('\n'));
      for (const [fault, said] of [
        ['silent', 'no picture for 4 s'],
        ['garbage', 'no picture for 4 s'],
        ['end', 'device is gone'],
      ] as const) {
        writeFileSync(mode, fault);
        expect(await watch.offline()).toContain(said);
        writeFileSync(mode, 'good');
        expect(await watch.more(3)).toBeLessThan(RECOVERY_MS);
      }
      writeFileSync(mode, 'large');
      await watch.more(3);
      expect(await sharp(watch.frames.at(-1)?.bytes).metadata()).toMatchObject({ width: 160, height: 120 });
      const [good, changed] = [readFileSync(picture), readFileSync(large)];
      expect(watch.frames.filter(({ bytes }) => !good.equals(bytes) && !changed.equals(bytes))).toEqual([]);
    },
    120_000,
  );

  it('takes single stills with libcamera-still where rpicam-still is absent and pictures are rare', async () => {
    const picture = join(bin, 'picture.jpg');
    writeFileSync(picture, await jpegOf(40));
    stub('libcamera-still', `cat '${picture}'`);
    watch = new StreamWatch(open('libcamera:1', { gain: 1.5 }, 5000));
    await watch.more(2);
    expect(argsOf('libcamera-still').join(' ')).toBe(
      '--timeout 1500 --encoding jpg --quality 90 --nopreview --camera 1 --output - --gain 1.5',
    );
  }, 60_000);

  it('takes a still at once where one is wanted, however rare they are', async () => {
    const count = join(bin, 'count');
    const picture = join(bin, 'picture.jpg');
    writeFileSync(picture, await jpegOf(40));
    stub('rpicam-still', `echo >> '${count}'; cat '${picture}'`);
    const source = open('libcamera:0', {}, 3_600_000);
    watch = new StreamWatch(source);
    await watch.more(1);
    source.captureNow?.();
    await watch.more(1);
    expect(readFileSync(count, 'utf8')).toBe('\n\n');
  }, 60_000);

  it('gives up on a still that hangs, and takes the next one', async () => {
    const picture = join(bin, 'picture.jpg');
    writeFileSync(picture, await jpegOf(40));
    const hangs = join(bin, 'hangs');
    stub('rpicam-still', `[ -e '${hangs}' ] && exec sleep 600; cat '${picture}'`);
    watch = new StreamWatch(open('libcamera:0', {}, 4001));
    await watch.more(1);
    writeFileSync(hangs, '');
    expect(await watch.offline()).toContain('no picture for 7 s');
    rmSync(hangs);
    expect(await watch.more(1)).toBeLessThan(RECOVERY_MS);
  }, 90_000);

  const NOW = ['auto_exposure', 'exposure_time_absolute', 'focus_automatic_continuous'];
  const BEFORE = ['exposure_auto', 'exposure_absolute', 'focus_auto'];
  it.each([
    ['since 5.18', NOW],
    ['before', BEFORE],
  ])('sets the controls of a USB camera before it opens it, by the names that kernels have %s', async (_, names) => {
    const [auto, exposure, focus] = names;
    const list = [...names, 'gain', 'focus_absolute'].map((name) => `${name.padStart(31)} 0x009a0901 (int)    : min=0`);
    stub(
      'v4l2-ctl',
      `case "$*" in *--list-ctrls*) printf '\\nCamera Controls\\n\\n${list.join('\\n')}\\n';; *) printf '%s\\n' "$@" >> '${bin}/set';; esac`,
    );
    stub('ffmpeg', `[ -e '${bin}/set' ] || exit 9; exit 3`);
    watch = new StreamWatch(open('v4l2:/dev/video0', { exposureUs: 20_000, gain: 4, focusDioptres: 5 }));
    expect(await watch.offline()).toContain('ffmpeg ended with 3');
    expect(readFileSync(join(bin, 'set'), 'utf8').split('\n').slice(0, 3)).toEqual([
      '-d',
      '/dev/video0',
      `--set-ctrl=${auto}=1,${exposure}=200,gain=4,${focus}=0,focus_absolute=50`,
    ]);
  });

  it('says which program is missing', async () => {
    process.env.PATH = bin;
    watch = new StreamWatch(open('argus:0', {}));
    expect(await watch.offline()).toMatch(/gst-launch-1\.0 is not installed$/);
  });

  it('says that a program may not be executed', async () => {
    process.env.PATH = bin;
    writeFileSync(join(bin, 'gst-launch-1.0'), '');
    watch = new StreamWatch(open('argus:0', {}));
    expect(await watch.offline()).toMatch(/gst-launch-1\.0 cannot be started \(.+\)$/);
  });
});

it('brings none of 1,000 hostile addresses and settings to a shell', async () => {
  for (const program of PROGRAMS) stub(program, 'exit 0');
  const canary = join(bin, 'canary');
  const attack = fc.constantFrom(
    `;touch ${canary}`,
    `$(touch ${canary})`,
    `\`touch ${canary}\``,
    `|touch ${canary}`,
    `'; touch ${canary} #`,
    `" && touch ${canary} "`,
    `\n touch ${canary}\n`,
    ` ! filesink location=${canary}`,
    ` -y ${canary}`,
    '\u0000',
    '%0atouch',
    '../../bin/sh',
  );
  const word = fc
    .tuple(fc.string({ maxLength: 12 }), attack, fc.string({ maxLength: 6 }))
    .map((parts) => parts.join(''));
  const source = fc
    .tuple(
      fc.constantFrom(
        'rtsp://',
        'rtsps://',
        'rtsp://camera/',
        'rtsp://u:p@camera/?',
        'video:',
        'video-loop:-i',
        'v4l2:',
        'v4l2:/dev/video0',
        'argus:',
        'libcamera:',
      ),
      fc.oneof(word, fc.constantFrom('', '0', '1')),
    )
    .map(([kind, rest]) => kind + rest);
  const value = fc.oneof(word, fc.double(), fc.integer(), fc.constantFrom('auto', true, null));
  const names = [
    'widthPx',
    'heightPx',
    'framesPerSecond',
    'exposureUs',
    'gain',
    'focus',
    'focusDioptres',
    'post-process-file',
  ];
  const sensor = fc.oneof(fc.constant({}), fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 3 }));
  let tried = 0;
  let refused = 0;
  for (const [address, options] of fc.sample(fc.tuple(source, sensor), { numRuns: 1000, seed: 11 })) {
    tried += 1;
    const parsed = configSchema.safeParse({ cameras: [{ id: 'a', source: address, sensor: options }] });
    // Also past the schema, half of the time: the sources must hold by themselves.
    const settings = (parsed.success ? parsed.data.cameras[0]?.sensor : tried % 2 ? options : undefined) as
      | SensorSettings
      | undefined;
    try {
      if (!settings) throw new Error('refused by the schema');
      const opened = openSource(
        { camera: 'a', source: address, intervalMs: 5000, baseDir: bin, sensor: settings, searchPath: bin },
        hastyClock,
      );
      const stop = new AbortController();
      const report = { dropped: () => undefined, state: () => stop.abort() };
      const giveUp = setTimeout(() => stop.abort(), 400);
      for await (const _ of opened.frames(stop.signal, report));
      clearTimeout(giveUp);
    } catch {
      refused += 1; // by the schema or by SOURCE_INVALID: counted below
    }
  }
  expect(tried).toBe(1000);
  const pipelines = spawned.filter(({ command }) => command === 'gst-launch-1.0');
  expect(pipelines.length).toBeGreaterThan(5);
  // In a pipeline "!" begins an element: there are as many as the source itself writes, in arguments of their own.
  for (const { args } of pipelines) expect(args.filter((word) => word.includes('!'))).toEqual(Array(6).fill('!'));
  const clients = spawned.filter(({ args }) => args.includes('concat'));
  expect(clients.length).toBeGreaterThan(20);
  // The address of a network camera stands in no argument at all.
  expect(new Set(clients.map(({ args }) => args.join(' '))).size).toBe(1);
  expect(refused).toBeLessThan(900);
  expect(spawned.length).toBeGreaterThan(50);
  expect(spawned.filter(({ shell }) => shell !== false)).toEqual([]);
  const commands = spawned.map(({ command }) => command.replace(`${bin}/`, ''));
  expect(commands.filter((command) => ![...PROGRAMS, '/usr/bin/setpriv'].includes(command))).toEqual([]);
  expect(existsSync(canary)).toBe(false);
}, 240_000);
