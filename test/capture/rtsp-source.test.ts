import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import { openSource } from '../../src/capture/open-source.js';
import { systemClock } from '../../src/capture/pace.js';
import { needs } from '../support/needs.js';
import { RECOVERY_MS, StreamWatch } from './stream-watch.js';

const SERVER = fileURLToPath(new URL('../fixtures/rtsp_server.py', import.meta.url));
const PYTHON = '/usr/bin/python3';
const hasServer = spawnSync(PYTHON, ['-c', "import gi; gi.require_version('GstRtspServer', '1.0')"]).status === 0;
const needsServer = hasServer
  ? needs('ffmpeg')
  : { skip: true, meta: { missing: ['no RTSP server (Debian package gir1.2-gst-rtsp-server-1.0)'], required: false } };

let server: ChildProcess | undefined;
let watch: StreamWatch | undefined;
afterEach(async () => {
  await watch?.end();
  server?.kill('SIGKILL');
});

async function plugIn(port: number, width: number, height: number): Promise<void> {
  const args = [SERVER, String(port), String(width), String(height), 'scout', 's3cret'];
  server = spawn(PYTHON, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(server.stdout as NodeJS.ReadableStream, 'data');
}

async function unplug(): Promise<void> {
  server?.kill('SIGKILL');
  if (server) await once(server, 'close');
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, '127.0.0.1');
  await once(probe, 'listening');
  const { port } = probe.address() as AddressInfo;
  probe.close();
  return port;
}

/** Answers as no camera does. */
async function speakNonsense(port: number): Promise<() => Promise<void>> {
  const nonsense = createServer((socket) => {
    socket.on('error', () => undefined); // the client leaves when it has had enough
    socket.write(Buffer.alloc(100_000, 'nonsense \r\n\xff\xd8'));
  }).listen(port, '127.0.0.1');
  await once(nonsense, 'listening');
  return async () => {
    nonsense.close();
  };
}

describe('an RTSP camera', needsServer, () => {
  it('recovers from unplugging, a stall, garbage and a change of size, and shows its login to nobody', async () => {
    const port = await freePort();
    await plugIn(port, 320, 240);
    const source = `rtsp://scout:s3cret@127.0.0.1:${port}/cam`;
    watch = new StreamWatch(openSource({ camera: 'row', source, intervalMs: 100, baseDir: '/' }, systemClock));
    await watch.more(3);
    expect(watch.frames[0]).toMatchObject({ camera: 'row', origin: `rtsp://127.0.0.1:${port}/cam` });
    expect(execFileSync('ps', ['-eo', 'args'], { encoding: 'utf8' })).not.toMatch(/ffmpeg.*s3cret/);

    await unplug();
    await watch.offline();
    await plugIn(port, 640, 480);
    expect(await watch.more(3)).toBeLessThan(RECOVERY_MS);
    expect(await sharp(watch.frames.at(-1)?.bytes).metadata()).toMatchObject({ width: 640, height: 480 });

    server?.kill('SIGSTOP');
    expect(await watch.offline()).toContain('no picture for');
    server?.kill('SIGCONT');
    expect(await watch.more(3)).toBeLessThan(RECOVERY_MS);

    await unplug();
    const quiet = await speakNonsense(port);
    await watch.offline();
    await quiet();
    await plugIn(port, 320, 240);
    expect(await watch.more(3)).toBeLessThan(RECOVERY_MS);
    expect(watch.report.states.join(' ')).not.toContain('s3cret');
  }, 180_000);
});
