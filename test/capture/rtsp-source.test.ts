import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import fc from 'fast-check';
import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import { openSource } from '../../src/capture/open-source.js';
import { systemClock } from '../../src/capture/pace.js';
import { rtspCommand } from '../../src/capture/rtsp-source.js';
import { makeAuthority } from '../support/certificates.js';
import { needs } from '../support/needs.js';
import { RECOVERY_MS, StreamWatch } from './stream-watch.js';

const SERVER = fileURLToPath(new URL('../fixtures/rtsp_server.py', import.meta.url));
/** Debian's own: another Python on the PATH does not see its libraries. */
const PYTHON = '/usr/bin/python3';

let server: ChildProcess | undefined;
let watch: StreamWatch | undefined;
afterEach(async () => {
  await watch?.end();
  await unplug();
});

async function plugIn(port: number, width: number, height: number, tls: readonly string[] = []): Promise<void> {
  const args = [SERVER, String(port), String(width), String(height), 'scout', 's3cret', ...tls];
  server = spawn(PYTHON, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  await once(server.stdout as NodeJS.ReadableStream, 'data');
}

async function unplug(): Promise<void> {
  if (!server) return;
  const gone = once(server, 'close');
  server.kill('SIGKILL');
  await gone;
  server = undefined;
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

/** The command lines of all programs that run now, as every user of the machine can read them. */
function commandLines(): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return ''; // ended between the two looks
      }
    });
}

it('hands ffmpeg a list with the one address in it, whatever the address holds', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }), (path, query) => {
      const address = `rtsp://scout:s3cret@camera/${path}?${query}`;
      fc.pre(URL.canParse(address));
      const { input = '', args } = rtspCommand(new URL(address), 1000);
      const [, quoted = ''] = /^ffconcat version 1\.0\nfile '((?:[^'\n]|'\\'')*)'\n$/.exec(input) ?? [];
      expect(quoted.replaceAll("'\\''", "'")).toMatch(/^rtsp:\/\/scout:s3cret@camera\/.*[?&]tcp$/);
      expect(args.join(' ')).not.toMatch(/s3cret|camera/);
    }),
  );
});

describe(
  'an RTSP camera (a real server of H.264, by GStreamer)',
  needs('ffmpeg', 'girepository-1.0/GstRtspServer-1.0.typelib', 'python3/dist-packages/gi/__init__.py'),
  () => {
    it('recovers from unplugging, a stall, garbage and a change of size, and shows its login to nobody', async () => {
      const port = await freePort();
      await plugIn(port, 320, 240);
      const source = `rtsp://scout:s3cret@127.0.0.1:${port}/cam`;
      watch = new StreamWatch(openSource({ camera: 'row', source, intervalMs: 100, baseDir: '/' }, systemClock));
      await watch.more(3);
      expect(watch.frames[0]).toMatchObject({ camera: 'row', origin: `rtsp://127.0.0.1:${port}/cam` });
      expect(await sharp(watch.frames[0]?.bytes).metadata()).toMatchObject({ format: 'jpeg', width: 320, height: 240 });
      const clients = commandLines().filter((line) => line.startsWith('ffmpeg '));
      expect(clients.length).toBeGreaterThan(0);
      expect(clients.filter((line) => /s3cret|scout/.test(line))).toEqual([]);

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

    it('gives its pictures over TLS too', {
      ...needs('openssl', 'gio/modules/libgiognutls.so'),
      timeout: 120_000,
    }, async () => {
      const authority = makeAuthority('camera');
      const { cert, key } = authority.issue('localhost');
      const port = await freePort();
      await plugIn(port, 320, 240, [cert, key]);
      const source = `rtsps://scout:s3cret@127.0.0.1:${port}/cam`;
      watch = new StreamWatch(openSource({ camera: 'row', source, intervalMs: 100, baseDir: '/' }, systemClock));
      await watch.more(3);
      expect(watch.frames[0]).toMatchObject({ origin: `rtsps://127.0.0.1:${port}/cam` });
      await unplug();
      await watch.offline();
      await plugIn(port, 320, 240, [cert, key]);
      expect(await watch.more(3)).toBeLessThan(RECOVERY_MS);
      expect(watch.report.states.join(' ')).not.toContain('s3cret');
      authority.remove();
    });

    it('says that a login is refused, without showing it', async () => {
      const port = await freePort();
      await plugIn(port, 320, 240);
      const source = `rtsp://scout:wr0ng@127.0.0.1:${port}/cam`;
      watch = new StreamWatch(openSource({ camera: 'row', source, intervalMs: 100, baseDir: '/' }, systemClock));
      const said = await watch.offline();
      expect(said).toMatch(/401/);
      expect(said).not.toContain('wr0ng');
    }, 60_000);
  },
);
