import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { type AddressInfo, connect, createServer, type Server } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import mqtt from 'mqtt';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { openStage, type PageStage } from './page-stage.js';
import { alert, aphid, detections, facts } from './payloads.js';

interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: Buffer;
}

/** A request as a browser or an attacker may send it; the path goes out as it is written. */
function ask(url: string, path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const call = request({ hostname, port, path, method, headers: { connection: 'close', ...headers } }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({ status: response.statusCode ?? 0, headers: response.headers, body: Buffer.concat(chunks) }),
      );
    });
    call.on('error', reject).end();
  });
}

/** What comes back for bytes that no HTTP client would send. */
function sendRaw(url: string, text: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect(Number(port), hostname, () => socket.write(text));
    socket.on('data', (chunk) => {
      answer += chunk.toString('latin1');
    });
    socket.on('close', () => resolve(answer));
    socket.on('error', reject);
  });
}

function openDoor(url: string, options: { path?: string; protocol?: string[]; headers?: Record<string, string> } = {}) {
  const { path = '/mqtt', protocol = ['mqtt'], headers = {} } = options;
  const socket = new WebSocket(url.replace('http', 'ws') + path, protocol, { headers });
  return new Promise<{ status: number; body: string; socket: WebSocket }>((resolve, reject) => {
    socket.on('open', () => resolve({ status: 101, body: socket.protocol, socket }));
    socket.on('unexpected-response', (_request, response) => {
      let body = '';
      response.on('data', (chunk) => {
        body += chunk;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, body, socket }));
    });
    socket.on('error', reject);
  });
}

function listenAt(port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    const server = createServer()
      .on('error', reject)
      .listen(port, '127.0.0.1', () => resolve(server));
  });
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;
const closed = (server: Server) => new Promise<void>((resolve) => server.close(() => resolve()));

function pageFolder(): string {
  const dir = join(mkdtempSync(join(tmpdir(), 'fieldscout-page-')), 'web');
  mkdirSync(join(dir, 'assets'), { recursive: true });
  writeFileSync(join(dir, 'index.html'), '<title>The page</title>');
  writeFileSync(join(dir, 'assets', 'index-1a2b.js'), 'export {};');
  writeFileSync(join(dir, '.built'), 'inner');
  writeFileSync(join(dir, '..', 'secret.txt'), 'secret');
  return dir;
}

describe('DashboardServer', () => {
  let stage: PageStage;
  const jpeg = Uint8Array.from([0xff, 0xd8, 1, 2, 3, 0xff, 0xd9]);

  beforeAll(async () => {
    stage = await openStage({ allowedHosts: ['scout.farm.example'] }, () => facts, pageFolder());
    stage.frames.put('leaf', { id: 'older', jpeg: jpeg.subarray(0, 4) });
    stage.frames.put('leaf', { id: 'sim:leaf#12', jpeg });
  });
  afterAll(() => stage.stop());

  describe('the page', () => {
    it('is served fresh, its hashed assets for ever', async () => {
      const page = await ask(stage.url, '/');
      expect([page.status, page.body.toString()]).toEqual([200, '<title>The page</title>']);
      expect(page.headers['cache-control']).toBe('no-store');
      const asset = await ask(stage.url, '/assets/index-1a2b.js');
      expect(asset.headers['cache-control']).toBe('public, max-age=31536000, immutable');
      expect(asset.headers['content-type']).toBe('application/javascript; charset=utf-8');
    });

    it.each(['/', '/assets/index-1a2b.js', '/api/node', '/nothing', '/api/cameras/leaf/latest.jpg'])(
      'carries the security headers at %s, and none that opens it to other origins',
      async (path) => {
        const { headers } = await ask(stage.url, path);
        expect(headers['content-security-policy']).toBe(
          "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob:; connect-src 'self'; " +
            "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        );
        expect(headers['x-content-type-options']).toBe('nosniff');
        expect(headers['cross-origin-resource-policy']).toBe('same-origin');
        expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
      },
    );

    it.each([
      '/../secret.txt',
      '/assets/../../secret.txt',
      '/%2e%2e/secret.txt',
      '/..%2fsecret.txt',
      '/%2e%2e%2fsecret.txt',
      '/..%5csecret.txt',
      '/assets/..%2f..%2fsecret.txt',
      '/%252e%252e/secret.txt',
      '/assets/%00/../../secret.txt',
      '/.built',
      '/assets/',
      '/assets',
      '//etc/passwd',
      '/api/cameras/..%2f..%2fsecret.txt/latest.jpg',
      '/api/cameras/leaf/frames/..%2f..%2f..%2fsecret.txt',
      '/%ff',
      '/%',
    ])('gives nothing at %s', async (path) => {
      const answer = await ask(stage.url, path);
      expect([400, 403, 404]).toContain(answer.status);
      expect(answer.body.toString()).not.toMatch(/^(secret|inner|root:)/);
    });

    it.each(['POST', 'PUT', 'DELETE', 'OPTIONS', 'PATCH'])('takes no %s', async (method) => {
      expect((await ask(stage.url, '/api/node', {}, method)).status).toBe(404);
    });
  });

  describe('the API', () => {
    it('describes the node with the topics to listen to and what was found lately', async () => {
      stage.findings.seeDetections(detections('f1', [aphid]));
      stage.findings.seeAlert(alert('raised'));
      const { status, headers, body } = await ask(stage.url, '/api/node');
      expect(status).toBe(200);
      expect(headers['cache-control']).toBe('no-store');
      const base = 'fieldscout/farm/scout';
      expect(JSON.parse(body.toString())).toEqual({
        ...facts,
        topics: { status: `${base}/status`, health: `${base}/health`, alerts: `${base}/alerts` },
        cameras: [
          {
            ...facts.cameras[0],
            topics: {
              detections: `${base}/cameras/leaf/detections`,
              events: `${base}/cameras/leaf/events`,
              counts: `${base}/cameras/leaf/counts`,
              status: `${base}/cameras/leaf/status`,
            },
          },
        ],
        findings: { detections: [detections('f1', [aphid])], alerts: [alert('raised')] },
      });
    });

    it('gives a frame by its id and the newest one, byte by byte', async () => {
      const byId = await ask(stage.url, `/api/cameras/leaf/frames/${encodeURIComponent('sim:leaf#12')}.jpg`);
      expect(byId.status).toBe(200);
      expect(byId.headers['content-type']).toBe('image/jpeg');
      expect(byId.headers['cache-control']).toBe('no-store');
      expect(new Uint8Array(byId.body)).toEqual(jpeg);
      const older = await ask(stage.url, '/api/cameras/leaf/frames/older.jpg');
      expect(new Uint8Array(older.body)).toEqual(jpeg.subarray(0, 4));
      const latest = await ask(stage.url, '/api/cameras/leaf/latest.jpg');
      expect(latest.headers['x-frame-id']).toBe('sim%3Aleaf%2312');
      expect(new Uint8Array(latest.body)).toEqual(jpeg);
    });

    it.each([
      ['/api/cameras/leaf/frames/gone.jpg', 'Frame gone of camera leaf is not kept any more.'],
      ['/api/cameras/trap/latest.jpg', 'Camera trap has given no picture yet.'],
      ['/api/nothing', 'There is nothing at /api/nothing.'],
    ])('answers 404 with a clear line at %s', async (path, error) => {
      const { status, body } = await ask(stage.url, path);
      expect([status, JSON.parse(body.toString())]).toEqual([404, { error }]);
    });
  });

  describe('the guard', () => {
    it.each(['/', '/assets/index-1a2b.js', '/api/node', '/api/cameras/leaf/latest.jpg', '/mqtt', '/nothing', '/%'])(
      'refuses a rebound name at %s',
      async (path) => {
        const { status, body } = await ask(stage.url, path, { host: `evil.example:${new URL(stage.url).port}` });
        expect(status).toBe(403);
        expect(body.toString()).toMatch(/^Refused: this page is not known as "evil\.example:\d+"\.[^\n]*\n$/);
      },
    );

    it('refuses a page of another origin, and answers its own', async () => {
      const refused = await ask(stage.url, '/api/node', { origin: 'http://evil.example' });
      expect([refused.status, refused.body.toString()]).toEqual([
        403,
        'Refused: a page of another origin ("http://evil.example") may not speak to this one.\n',
      ]);
      expect((await ask(stage.url, '/api/node', { origin: stage.url })).status).toBe(200);
      const proxied = { host: 'scout.farm.example', origin: 'https://scout.farm.example' };
      expect((await ask(stage.url, '/api/node', proxied)).status).toBe(200);
    });

    it('refuses several hosts, none, and a forwarded one', async () => {
      const own = new URL(stage.url).host;
      const twice = await sendRaw(
        stage.url,
        `GET / HTTP/1.1\r\nHost: ${own}\r\nHost: evil.example\r\nConnection: close\r\n\r\n`,
      );
      expect(twice).toMatch(/^HTTP\/1\.1 40[03] /);
      expect(twice).not.toContain('The page');
      expect(await sendRaw(stage.url, 'GET / HTTP/1.0\r\n\r\n')).toMatch(/^HTTP\/1\.1 403 /);
      const forwarded = await ask(stage.url, '/', { host: 'evil.example', 'x-forwarded-host': own });
      expect(forwarded.status).toBe(403);
    });

    it('logs each refusal once', async () => {
      await ask(stage.url, '/', { host: 'often.example' });
      await ask(stage.url, '/', { host: 'often.example' });
      expect(stage.lines.filter((line) => line.includes('often.example'))).toHaveLength(1);
    });
  });

  describe('the MQTT door', () => {
    it('carries what the broker publishes', async () => {
      const client = await mqtt.connectAsync(`${stage.url.replace('http', 'ws')}/mqtt`, { protocolVersion: 4 });
      await client.subscribeAsync('fieldscout/#');
      const message = new Promise<string>((resolve) => {
        client.on('message', (topic, payload) => resolve(`${topic} ${payload.toString()}`));
      });
      await stage.say('fieldscout/farm/scout/status', 'hello');
      expect(await message).toBe('fieldscout/farm/scout/status hello');
      await client.endAsync(true);
    });

    it('opens for the page itself and for clients that are no browser', async () => {
      for (const headers of [{ origin: stage.url }, {}]) {
        const { status, body, socket } = await openDoor(stage.url, { headers });
        expect([status, body]).toEqual([101, 'mqtt']);
        socket.terminate();
      }
    });

    it.each([
      ['a page of another origin', { headers: { origin: 'https://evil.example' } }, 403, 'another origin'],
      ['a sandboxed page', { headers: { origin: 'null' } }, 403, 'another origin'],
      ['a rebound name', { headers: { host: 'evil.example' } }, 403, 'not known as "evil.example"'],
      ['another path', { path: '/other' }, 404, 'nothing at /other'],
      ['another subprotocol', { protocol: ['chat'] }, 400, 'Offer the WebSocket subprotocol mqtt.'],
      ['no subprotocol', { protocol: [] }, 400, 'Offer the WebSocket subprotocol mqtt.'],
    ])('stays shut for %s', async (_, options, status, line) => {
      const answer = await openDoor(stage.url, options);
      expect(answer.status).toBe(status);
      expect(answer.body).toContain(line);
    });

    it.each([
      ['a page of another origin', '/mqtt', 'Origin: http://evil.example\r\n', 403],
      ['another path', '/other', '', 404],
      ['a path that is no URL', '/%', '', 400],
      ['no subprotocol', '/mqtt', '', 400],
    ])('ends the connection of an upgrade refused for %s', async (_, path, header, status) => {
      const upgrade = 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n';
      const key = 'Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n';
      const host = `Host: ${new URL(stage.url).host}\r\n`;
      const answer = await sendRaw(stage.url, `GET ${path} HTTP/1.1\r\n${host}${upgrade}${key}${header}\r\n`);
      expect(answer.slice(0, 12)).toBe(`HTTP/1.1 ${status}`);
    });

    it('answers a plain request with what it is', async () => {
      expect((await ask(stage.url, '/mqtt')).status).toBe(426);
    });

    it('outlives clients that send garbage, too much, or vanish', async () => {
      const garbage = await openDoor(stage.url);
      const ended = new Promise((resolve) => garbage.socket.on('close', resolve));
      garbage.socket.send(Buffer.from('GET / HTTP/1.1\r\n\r\n'));
      await ended;
      const large = await openDoor(stage.url);
      const refused = new Promise((resolve) => large.socket.on('close', resolve));
      large.socket.send(Buffer.alloc(65 * 1024));
      expect(await refused).toBe(1009);
      const gone = await openDoor(stage.url);
      gone.socket.terminate();
      expect((await ask(stage.url, '/api/node')).status).toBe(200);
    });
  });
});

describe('the port of DashboardServer', () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
  });
  const keep = (stage: PageStage) => {
    open.push({ close: () => stage.stop() });
    return stage;
  };

  it('is the next free one from 8080 on where none is configured, and a line says so', async () => {
    const first = keep(await openStage({}, () => facts, pageFolder()));
    const second = keep(await openStage({}, () => facts, pageFolder()));
    const [a, b] = [first, second].map(({ url }) => Number(new URL(url).port)) as [number, number];
    expect(b).toBeGreaterThan(a);
    expect(second.url).toBe(`http://127.0.0.1:${b}`);
    expect(second.lines).toEqual([`Port 8080 is taken: the page uses ${b}. Set dashboard.port to choose one.`]);
  });

  it('ends the start with the name of the setting where the configured one is taken', async () => {
    const squatter = await listenAt(0);
    open.push({ close: () => closed(squatter) });
    const port = portOf(squatter);
    await expect(openStage({ port }, () => facts, pageFolder())).rejects.toMatchObject({
      code: 'PORT_TAKEN',
      message: `dashboard.port: ${port} on 127.0.0.1 is taken by another program.`,
    });
  });

  it('ends the start with the name of the setting where the address is not of this machine', async () => {
    await expect(openStage({ host: '192.0.2.1' }, () => facts, pageFolder())).rejects.toMatchObject({
      code: 'CONFIG_INVALID',
      message: 'dashboard.host: 192.0.2.1 is no address of this machine (EADDRNOTAVAIL).',
    });
  });

  it.each(['127.0.0.1', 'localhost'])(
    'is free again on %s after a stop, though browsers were connected',
    async (host) => {
      const stage = await openStage({ host }, () => facts, pageFolder());
      const port = Number(new URL(stage.url).port);
      const { socket } = await openDoor(stage.url);
      const idle = connect(port, host);
      await new Promise((resolve) => idle.on('connect', resolve));
      const ends = [socket, idle].map((each) => new Promise((resolve) => each.on('close', resolve)));
      await stage.stop();
      await Promise.all(ends);
      await closed(await listenAt(port));
    },
  );
});
