import { getEventListeners } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/capture/pace.js';
import { StillUrlSource } from '../../src/capture/still-url-source.js';
import type { CapturedFrame } from '../../src/types.js';
import { decodeImage } from '../../src/vision/decode.js';
import { jpegOf } from './jpegs.js';
import { hastyClock, Recorder } from './recorder.js';
import { RECOVERY_MS, StreamWatch } from './stream-watch.js';

let servers: Server[];
let report: Recorder;
let stop: AbortController;
beforeEach(() => {
  servers = [];
  report = new Recorder();
  stop = new AbortController();
});
afterEach(async () => {
  stop.abort();
  await Promise.all(
    servers.map((server) => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    }),
  );
});

/** A camera on loopback. @returns its host and port */
async function serve(answer: RequestListener): Promise<string> {
  const server = createServer(answer);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function framesOf(url: string, timeoutMs?: number): AsyncIterator<CapturedFrame> {
  const settings = { camera: 'gate', url: new URL(url), intervalMs: 10, ...(timeoutMs ? { timeoutMs } : {}) };
  return new StillUrlSource(settings, hastyClock).frames(stop.signal, report)[Symbol.asyncIterator]();
}

async function first(url: string, timeoutMs?: number): Promise<CapturedFrame> {
  return (await framesOf(url, timeoutMs).next()).value as CapturedFrame;
}

const text = ({ bytes }: CapturedFrame) => Buffer.from(bytes).toString();

describe('StillUrlSource', () => {
  it('asks for a picture each time, and tells its address without query', async () => {
    let count = 0;
    const host = await serve((request, response) => response.end(`${request.url} ${++count}`));
    const iterator = framesOf(`http://${host}/still.jpg?channel=1&pwd=s3cret`);
    for (const expected of ['/still.jpg?channel=1&pwd=s3cret 1', '/still.jpg?channel=1&pwd=s3cret 2']) {
      const { value } = await iterator.next();
      expect(text(value)).toBe(expected);
      expect(value).toMatchObject({ camera: 'gate', origin: `http://${host}/still.jpg` });
    }
    expect(report.states).toEqual(['online']);
  });

  it('tells no password that stands in its path', async () => {
    const host = await serve((_, response) => response.end('picture'));
    const frame = await first(`http://${host}/user=admin&password=s3cret&channel=1/still.jpg`);
    expect(frame.origin).toBe(`http://${host}/user=admin&password=***&channel=1/still.jpg`);
  });

  it('leaves nothing behind on the signal that lives as long as the node', async () => {
    const host = await serve((_, response) => response.end('picture'));
    const iterator = framesOf(`http://${host}/still.jpg`);
    for (let i = 0; i < 5; i += 1) await iterator.next();
    expect(leftOn(stop.signal)).toBe(0);
  });

  it('logs in with the user and password of the URL, also such as hold "%" and ":"', async () => {
    const host = await serve(({ headers: { authorization = '' } }, response) => {
      const [user, ...password] = Buffer.from(authorization.replace('Basic ', ''), 'base64').toString().split(':');
      response.statusCode = user === 'scout' && password.join(':') === 's3:cret%' ? 200 : 401;
      response.end('picture');
    });
    expect(text(await first(`http://scout:s3%3Acret%25@${host}/`))).toBe('picture');
    expect(text(await first(`http://scout:s3:cret%@${host}/`))).toBe('picture');
  });

  it('is offline with the reason while the login is refused, and never tells the login', async () => {
    let answers = 0;
    const host = await serve((_, response) => {
      answers += 1;
      response.statusCode = answers < 3 ? 401 : 200;
      response.end('picture');
    });
    const frame = await first(`http://scout:s3cret@${host}/still.jpg?token=s3cret`);
    expect(report.states).toEqual([`offline: http://${host}/still.jpg: the camera answers 401 Unauthorized`, 'online']);
    expect(JSON.stringify([report, frame.origin])).not.toContain('s3cret');
  });

  it('goes on after a failure of the camera', async () => {
    let answers = 0;
    const host = await serve((_, response) => {
      answers += 1;
      response.statusCode = answers === 1 ? 500 : 200;
      response.end('picture');
    });
    expect(text(await first(`http://${host}/a.jpg`))).toBe('picture');
    expect(report.states).toEqual([
      `offline: http://${host}/a.jpg: the camera answers 500 Internal Server Error`,
      'online',
    ]);
  });

  it.each([
    ['before it answers', false],
    ['within the picture', true],
  ])('gives up on a camera that stalls %s', async (_, begins) => {
    let answers = 0;
    const host = await serve((_request, response) => {
      answers += 1;
      if (answers > 1) response.end('picture');
      else if (begins) response.write('half a pic');
    });
    expect(text(await first(`http://${host}/a.jpg`, 250))).toBe('picture');
    expect(report.states).toEqual([`offline: http://${host}/a.jpg: no answer for 0.25 s`, 'online']);
  });

  it('refuses a body without end instead of holding it', async () => {
    let answers = 0;
    const host = await serve((_, response) => {
      answers += 1;
      if (answers > 1) {
        response.end('picture');
        return;
      }
      const chunk = Buffer.alloc(1_000_000);
      const more = () => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on('drain', more);
      more();
    });
    expect(text(await first(`http://${host}/a.jpg`))).toBe('picture');
    expect(report.states[0]).toBe(`offline: http://${host}/a.jpg: the picture is larger than 50 MB`);
  });

  it('names a connection that is cut', async () => {
    let answers = 0;
    const host = await serve((request, response) => {
      answers += 1;
      if (answers > 1) response.end('picture');
      else request.socket.destroy();
    });
    expect(text(await first(`http://${host}/a.jpg`))).toBe('picture');
    expect(report.states[0]).toMatch(new RegExp(`^offline: http://${host}/a.jpg: \\S.*$`));
  });

  it('names a port where nobody listens', async () => {
    const host = await serve(() => undefined);
    await new Promise((resolve) => servers.pop()?.close(resolve));
    const iterator = framesOf(`http://scout:s3cret@${host}/a.jpg`);
    const ended = iterator.next();
    await expect.poll(() => report.states).toEqual([`offline: http://${host}/a.jpg: connect ECONNREFUSED ${host}`]);
    stop.abort();
    expect(await ended).toEqual({ done: true, value: undefined });
  });

  it('follows a redirect, and takes the login to no other host', async () => {
    const logins: (string | undefined)[] = [];
    const other = await serve(({ headers }, response) => {
      logins.push(headers.authorization);
      response.end('from the other');
    });
    const host = await serve((_, response) => response.writeHead(302, { location: `http://${other}/b.jpg` }).end());
    expect(text(await first(`http://scout:s3cret@${host}/a.jpg`))).toBe('from the other');
    expect(logins).toEqual([undefined]);
  });

  it('hands on what is no picture: decoding refuses it by its address', async () => {
    const host = await serve((_, response) => response.end('<html>please log in</html>'));
    const { bytes, origin } = await first(`http://${host}/a.jpg`);
    await expect(decodeImage(bytes, origin)).rejects.toMatchObject({
      code: 'IMAGE_UNREADABLE',
      message: expect.stringContaining(`http://${host}/a.jpg is not a picture`) as string,
    });
  });

  it('ends when it is aborted within a request', async () => {
    let seen = false;
    const host = await serve(() => {
      seen = true;
    });
    const ended = framesOf(`http://${host}/a.jpg`).next();
    await expect.poll(() => seen).toBe(true);
    stop.abort();
    expect(await ended).toEqual({ done: true, value: undefined });
    expect(report.states).toEqual([]);
  });
});

/** Listeners, and the signals that AbortSignal.any made of it (Node keeps them under a symbol of its own). */
function leftOn(signal: AbortSignal): number {
  const symbols = Object.getOwnPropertySymbols(signal).filter(({ description }) => description === 'kDependantSignals');
  const dependants = symbols.map((symbol) => (Reflect.get(signal, symbol) as Set<unknown> | undefined)?.size ?? 0);
  return dependants.reduce((sum, size) => sum + size, getEventListeners(signal, 'abort').length);
}

describe('a camera of stills that is treated badly', () => {
  it('recovers from unplugging, a stall, garbage and a change of size', async () => {
    type Behaviour = 'good' | 'large' | 'silent' | 'half' | 'garbage';
    const pictures = { good: await jpegOf(50), large: await jpegOf(50, 160, 120) };
    let behaviour: Behaviour = 'good';
    let port = 0;
    const plugIn = async () => {
      const server = createServer((_, response) => {
        if (behaviour === 'silent') return;
        if (behaviour === 'half') response.write(pictures.good.subarray(0, 200));
        else response.end(behaviour === 'garbage' ? Buffer.alloc(5_000, 'nonsense \xff\xd8') : pictures[behaviour]);
      });
      servers.push(server);
      await new Promise<void>((resolve) => server.listen(port, '127.0.0.1', resolve));
      port = (server.address() as AddressInfo).port;
    };
    const unplug = async () => {
      const server = servers.pop();
      server?.closeAllConnections();
      await new Promise((resolve) => server?.close(resolve));
    };
    await plugIn();
    const url = new URL(`http://127.0.0.1:${port}/still.jpg`);
    const watch = new StreamWatch(new StillUrlSource({ camera: 'gate', url, intervalMs: 50 }, systemClock));
    await watch.more(2);
    await unplug();
    await watch.offline();
    await plugIn();
    expect(await watch.more(2)).toBeLessThan(RECOVERY_MS);
    for (const fault of ['silent', 'half'] as const) {
      behaviour = fault;
      expect(await watch.offline()).toContain('no answer for 8 s');
      behaviour = 'good';
      expect(await watch.more(2)).toBeLessThan(RECOVERY_MS);
    }
    behaviour = 'garbage';
    await watch.more(2);
    const { bytes, origin } = watch.frames.at(-1) as CapturedFrame;
    await expect(decodeImage(bytes, origin)).rejects.toMatchObject({ code: 'IMAGE_UNREADABLE' });
    behaviour = 'large';
    await watch.more(2);
    expect(await decodeImage((watch.frames.at(-1) as CapturedFrame).bytes, origin)).toMatchObject({
      width: 160,
      height: 120,
    });
    await watch.end();
  }, 120_000);

  it('is asked again soon after a failure, however rarely it is asked otherwise', async () => {
    let answers = 0;
    const host = await serve((_, response) => {
      answers += 1;
      response.statusCode = answers === 1 ? 500 : 200;
      response.end('picture');
    });
    const settings = { camera: 'gate', url: new URL(`http://${host}/a.jpg`), intervalMs: 3_600_000 };
    const watch = new StreamWatch(new StillUrlSource(settings, systemClock));
    expect(await watch.more(1)).toBeLessThan(RECOVERY_MS);
    await watch.end();
  }, 60_000);
});
