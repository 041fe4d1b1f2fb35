import { readdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, describe, expect, it } from 'vitest';
import { SqliteDatabase } from '../../src/journal/sqlite.js';
import { type DaemonProcess, startDaemon } from '../support/daemon-process.js';

let daemon: DaemonProcess | undefined;
let server: Server | undefined;
afterEach(async () => {
  await daemon?.stop();
  daemon = undefined;
  server?.closeAllConnections();
  server?.close();
});

const noise = (mean: number) =>
  sharp({
    create: { width: 160, height: 120, channels: 3, background: 'grey', noise: { type: 'gaussian', mean, sigma: 20 } },
  })
    .jpeg()
    .toBuffer();

/** A camera that sends MJPEG. @param next its next picture */
async function stream(next: () => Promise<Buffer>): Promise<string> {
  server = createServer((_, response) => {
    response.writeHead(200, { 'content-type': 'multipart/x-mixed-replace; boundary=b' });
    const timer = setInterval(
      () =>
        void next().then((picture) => {
          response.write('--b\r\nContent-Type: image/jpeg\r\n\r\n');
          response.write(picture);
          response.write('\r\n');
        }),
      100,
    );
    response.on('close', () => clearInterval(timer));
  });
  await new Promise<void>((resolve) => server?.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/stream`;
}

async function until(holds: () => Promise<boolean>): Promise<void> {
  const end = Date.now() + 60_000;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`it never came about:\n${daemon?.lines.slice(-20).join('\n')}`);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

const metrics = async () => (await fetch(new URL('/metrics', daemon?.page))).text();
const isReady = async () => (await fetch(new URL('/readyz', daemon?.page))).status === 200;
const hasDropped = (reason: string) => async () =>
  new RegExp(`fieldscout_frames_dropped_total\\{camera="row",reason="${reason}"\\} [1-9]`).test(await metrics());

describe("a live camera's pictures", () => {
  it('are turned, cut and masked before anything is kept; black and frozen ones are dropped, told and journalled', async () => {
    const still = await noise(128);
    const black = await sharp({ create: { width: 160, height: 120, channels: 3, background: 'black' } })
      .jpeg()
      .toBuffer();
    let mode: 'live' | 'frozen' | 'black' = 'live';
    const source = await stream(async () => (mode === 'live' ? noise(128) : mode === 'frozen' ? still : black));
    daemon = await startDaemon({
      cameras: [
        {
          id: 'row',
          source,
          intervalMs: 200,
          rotate: 90,
          crop: { x: 0, y: 0, width: 1, height: 0.5 },
          masks: [{ x: 0.5, y: 0, width: 0.5, height: 1 }],
          pictureChecks: { frozenFrames: 3, frozenAfterMs: 1_000 },
          keepPictures: 'all',
        },
      ],
    });
    const { dir } = daemon;
    await until(isReady);
    mode = 'frozen';
    await until(hasDropped('frozen'));
    expect(await isReady()).toBe(false);
    mode = 'live';
    await until(isReady);
    mode = 'black';
    await until(hasDropped('black'));
    expect(await isReady()).toBe(false);

    const kept = join(dir, 'fieldscout-data', 'pictures');
    const name = readdirSync(kept, { recursive: true })
      .map(String)
      .find((each) => each.endsWith('.jpg'));
    const { data, info } = await sharp(join(kept, name as string))
      .raw()
      .toBuffer({ resolveWithObject: true });
    expect([info.width, info.height]).toEqual([120, 80]);
    const levels = (from: number, to: number) => {
      const row = data.subarray(3 * 40 * info.width, 3 * 41 * info.width);
      return [...row.subarray(3 * from, 3 * to)];
    };
    const spread = (values: readonly number[]) => Math.max(...values) - Math.min(...values);
    expect(spread(levels(0, 56))).toBeGreaterThan(20);
    for (const level of levels(66, 120)) expect(Math.abs(level - 118)).toBeLessThan(6);

    const db = new SqliteDatabase(join(dir, 'fieldscout-data', 'journal.db'), { readonly: true });
    const reasons = () =>
      (db.prepare('SELECT DISTINCT dropped FROM frames ORDER BY 1').all() as { dropped: string | null }[]).map(
        ({ dropped }) => dropped,
      );
    await until(async () => reasons().length >= 3);
    expect(reasons()).toEqual([null, 'black', 'frozen']);
    db.close();
    // Told once each, not with every frame.
    expect(daemon.lines.filter((line) => line.includes('the camera is offline: the picture'))).toHaveLength(2);
  }, 240_000);
});
