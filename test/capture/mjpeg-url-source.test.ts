import { createServer, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import sharp from 'sharp';
import { afterEach, expect, it } from 'vitest';
import { openSource } from '../../src/capture/open-source.js';
import { systemClock } from '../../src/capture/pace.js';
import { jpegOf } from './jpegs.js';
import { RECOVERY_MS, StreamWatch } from './stream-watch.js';

type Behaviour = 'good' | 'silent' | 'garbage' | 'large' | 'refuse';

/** A camera that sends MJPEG and can be given any fault. */
class MjpegCamera {
  behaviour: Behaviour = 'good';
  logins = new Set<string | undefined>();
  private server: Server | undefined;
  private port = 0;
  private readonly timers = new Set<NodeJS.Timeout>();

  async start(): Promise<string> {
    const pictures = { good: await jpegOf(50), large: await jpegOf(50, 160, 120) };
    this.server = createServer((request, response) => {
      this.logins.add(request.headers.authorization);
      if (this.behaviour === 'refuse') return response.writeHead(503).end();
      response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=b' });
      response.flushHeaders();
      const timer = setInterval(() => this.send(response, pictures), 50);
      this.timers.add(timer);
      response.on('close', () => clearInterval(timer));
    });
    await new Promise<void>((resolve) => this.server?.listen(this.port, '127.0.0.1', resolve));
    this.port = (this.server.address() as AddressInfo).port;
    return `127.0.0.1:${this.port}`;
  }

  async unplug(): Promise<void> {
    for (const timer of this.timers) clearInterval(timer);
    this.server?.closeAllConnections();
    await new Promise((resolve) => this.server?.close(resolve));
  }

  private send(response: ServerResponse, pictures: { readonly good: Buffer; readonly large: Buffer }): void {
    if (this.behaviour === 'garbage') response.write(Buffer.alloc(5000, 'nonsense \xff\xd8\xff'));
    if (this.behaviour !== 'good' && this.behaviour !== 'large') return;
    const picture = pictures[this.behaviour];
    response.write(`--b\r\nContent-Type: image/jpeg\r\nContent-Length: ${picture.length}\r\n\r\n`);
    response.write(picture);
    response.write('\r\n');
  }
}

const camera = new MjpegCamera();
let watch: StreamWatch | undefined;
afterEach(async () => {
  await watch?.end();
  await camera.unplug();
});

it('MJPEG over HTTP gives a picture at once where one is wanted', async () => {
  const host = await camera.start();
  const opened = openSource(
    { camera: 'gate', source: `http://scout:s3cret@${host}/stream`, intervalMs: 3_600_000, baseDir: '/' },
    systemClock,
  );
  watch = new StreamWatch(opened);
  await watch.more(1);
  opened.captureNow?.();
  await watch.more(1);
}, 120_000);

it('MJPEG over HTTP recovers from unplugging, a stall, garbage, a refusal and a change of size, and keeps its login', async () => {
  const host = await camera.start();
  const source = `http://scout:s3cret@${host}/stream?pwd=s3cret`;
  watch = new StreamWatch(openSource({ camera: 'gate', source, intervalMs: 20, baseDir: '/' }, systemClock));
  await watch.more(5);
  expect(watch.frames[0]).toMatchObject({ camera: 'gate', origin: `http://${host}/stream` });
  await camera.unplug();
  await watch.offline();
  await camera.start();
  expect(await watch.more(3)).toBeLessThan(RECOVERY_MS);
  for (const fault of ['silent', 'garbage', 'refuse'] as const) {
    camera.behaviour = fault;
    if (fault === 'refuse') {
      await camera.unplug();
      await camera.start();
    }
    expect(await watch.offline()).toMatch(
      fault === 'refuse' ? /stream|terminated|closed|503/ : /no picture for [47] s/,
    );
    camera.behaviour = 'good';
    expect(await watch.more(3)).toBeLessThan(RECOVERY_MS);
  }
  camera.behaviour = 'large';
  await watch.more(3);
  expect(await sharp(watch.frames.at(-1)?.bytes).metadata()).toMatchObject({ width: 160, height: 120 });
  expect(JSON.stringify([watch.report.states, watch.frames.map(({ origin }) => origin)])).not.toContain('s3cret');
  expect([...camera.logins]).toEqual([`Basic ${Buffer.from('scout:s3cret').toString('base64')}`]);
}, 120_000);
