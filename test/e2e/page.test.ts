import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Browser, chromium, type Page } from 'playwright-core';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openStage, type PageStage } from '../dashboard/page-stage.js';
import { alert, aphid, counts, detections, event, facts, health, ladyBeetle } from '../dashboard/payloads.js';
import { findTool, needs } from '../support/needs.js';

const root = fileURLToPath(new URL('../..', import.meta.url));
const BASE = 'fieldscout/farm/scout';
const LEAF = `${BASE}/cameras/leaf`;
const CHROMIUM_FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A pixel of the picture that no box covers. */
const CORNER = { left: 5, top: 5, width: 1, height: 1 };

const jpegOf = (background: string) =>
  sharp({ create: { width: 640, height: 360, channels: 3, background } })
    .jpeg()
    .toBuffer();

const messages = (page: Page) => {
  const lines: string[] = [];
  page.on('console', (message) => lines.push(message.text()));
  page.on('pageerror', (error) => lines.push(`thrown: ${error.message}`));
  return lines;
};

describe('the page in a browser', needs('chromium'), () => {
  let browser: Browser;
  let page: Page;
  let pageDir: string;
  let stage: PageStage;
  let lines: string[];

  beforeAll(async () => {
    pageDir = await mkdtemp(join(tmpdir(), 'fieldscout-page-'));
    const vite = ['node_modules/vite/bin/vite.js', 'build', 'src/dashboard/web', '--logLevel', 'warn'];
    // As the product is built: the test runner's NODE_ENV would bring the libraries' development files.
    const env = { ...process.env, NODE_ENV: 'production' };
    await promisify(execFile)(process.execPath, [...vite, '--outDir', pageDir, '--emptyOutDir'], { cwd: root, env });
    browser = await chromium.launch({ executablePath: findTool('chromium') ?? '', args: CHROMIUM_FLAGS });
  });
  afterAll(async () => {
    await browser?.close();
    await rm(pageDir, { recursive: true, force: true });
  });

  beforeEach(async () => {
    stage = await openStage({}, () => facts, pageDir);
    page = await browser.newPage({ viewport: { width: 1400, height: 900 } });
    // Sooner than the test's own limit, so that a failure names what was waited for.
    page.setDefaultTimeout(10_000);
    lines = messages(page);
  });
  afterEach(async () => {
    await page.close();
    await stage.stop();
  });

  const open = async () => {
    await page.goto(stage.url);
    await page.getByText('Connected', { exact: true }).waitFor();
  };
  const boxes = () => page.locator('.frame').getByRole('button');
  const see = async (frameId: string, background: string, ...found: (typeof aphid)[]) => {
    stage.frames.put('leaf', { id: frameId, jpeg: await jpegOf(background) });
    await stage.say(`${LEAF}/detections`, detections(frameId, found));
  };

  it('says what to expect before anything came', async () => {
    await open();
    expect(await page.title()).toBe('Quinta do Vale · Fieldscout');
    await page.getByText('This camera takes one every 1 s.').waitFor();
    await page.getByText('Nothing found yet.').waitFor();
    await page.getByText('Nothing counted today.').waitFor();
  });

  it('shows a detection on the frame that it belongs to, and breaks no rule of its own policy', async () => {
    await open();
    await see('sim:leaf#1', '#1f7a3d', aphid, ladyBeetle);
    const box = page.getByRole('button', { name: 'Aphid, score 93 %, similarity 0.291, box 6.4 × 6.4 mm' });
    await box.waitFor();
    expect(await boxes().count()).toBe(2);

    const frame = await page.locator('.frame img').boundingBox();
    const shown = await box.boundingBox();
    if (!frame || !shown) throw new Error('the frame and its box are not laid out');
    expect(shown.x - frame.x).toBeCloseTo((100 / 640) * frame.width, 0);
    expect(shown.y - frame.y).toBeCloseTo((120 / 360) * frame.height, 0);
    expect(shown.width).toBeCloseTo((64 / 640) * frame.width, 0);
    expect(shown.height).toBeCloseTo((64 / 360) * frame.height, 0);

    const colour = (
      await sharp(await page.locator('.frame img').screenshot())
        .extract(CORNER)
        .raw()
        .toBuffer()
    ).subarray(0, 3);
    for (const [index, level] of [0x1f, 0x7a, 0x3d].entries())
      expect(Math.abs((colour[index] ?? 0) - level)).toBeLessThan(4);

    await box.focus();
    await page.getByText('"a green aphid on a leaf"').waitFor();
    await page.locator('.feed li', { hasText: 'Lady beetle' }).getByText('beneficial').waitFor();
    expect(lines).toEqual([]);
  });

  it('counts frames in which nothing was found', async () => {
    await open();
    await see('a', '#1f7a3d', aphid);
    await boxes().waitFor();
    for (const id of ['b', 'c']) await see(id, '#1f7a3d');
    await page.getByText('Looking... nothing found in the last 2 frames').waitFor();
    await boxes().waitFor({ state: 'detached' });
  });

  it('draws no boxes on a newer frame, and says so', async () => {
    stage.frames.put('leaf', { id: 'newer', jpeg: await jpegOf('#1f7a3d') });
    await open();
    await stage.say(`${LEAF}/detections`, detections('gone', [aphid]));
    await page.getByText('This picture is newer than the last detections').waitFor();
    expect(await boxes().count()).toBe(0);
  });

  it('shows tracks, counts, health warnings and what the numbers can be traced to', async () => {
    await stage.say(`${BASE}/health`, health(['leaf: aphids of 2 mm are 6 px here: move closer.']), true);
    await open();
    await see('a', '#1f7a3d', { ...aphid, score: 0.5 });
    await stage.say(`${LEAF}/events`, event('1', 'new'));
    await stage.say(`${LEAF}/events`, event('1', 'new'));
    await stage.say(`${LEAF}/events`, event('2', 'end', ladyBeetle));
    await stage.say(
      `${LEAF}/counts`,
      counts([
        { target: 'aphid', now: 12, hour: 31, day: 140 },
        { target: 'beetle', now: 0, hour: 0, day: 0 },
      ]),
    );
    await page.locator('tr[data-target=aphid]').waitFor();
    expect(await page.locator('tr[data-target=aphid]').getByRole('cell').allTextContents()).toEqual([
      '12',
      '31',
      '140',
    ]);
    expect(await page.locator('tr[data-target=beetle]').count()).toBe(0);
    await page.locator('.feed li.end').waitFor();
    const feed = await page.locator('.feed li').allInnerTexts();
    expect(feed.map((text) => text.replaceAll(/\s+/g, ' '))).toEqual([
      expect.stringMatching(/^Lady beetle ended beneficial leaf · .* · stayed 12 s 81 % sim 0\.273$/),
      expect.stringMatching(/^Aphid new track leaf · .* 93 % sim 0\.291$/),
      expect.stringMatching(/^Aphid leaf · .* 50 % sim 0\.291$/),
    ]);
    await page.getByText('leaf: aphids of 2 mm are 6 px here: move closer.').waitFor();
    const details = (await page.locator('footer').innerText()).replaceAll(/\s+/g, ' ');
    expect(details).toContain('Model scout-tiny 3fa9c1d2 Prompts Aphids on leaves 77aa01bc Runs on CPU');
    expect(details).toContain('Uplink connected, 3 queued Frames 240 looked at, 2 dropped');
  });

  it('tells of alerts politely: raised, and cleared', async () => {
    stage.findings.seeAlert(alert('raised', { id: 'before', rule: 'beetles', target: 'beetle', measure: 'day' }));
    await open();
    const alerts = page.getByRole('region', { name: 'Alerts' });
    expect(await alerts.getAttribute('aria-live')).toBe('polite');
    await alerts.getByRole('heading', { name: 'Leaf beetle on leaf' }).waitFor();
    await stage.say(`${BASE}/alerts`, alert('raised'), true);
    await alerts.getByRole('heading', { name: 'Aphid on leaf' }).waitFor();
    await alerts.getByText('12 in view now').waitFor();
    expect(await page.title()).toBe('(2) Quinta do Vale · Fieldscout');
    await stage.say(`${BASE}/alerts`, alert('cleared', { value: 7 }), true);
    const cleared = alerts.getByRole('listitem');
    await cleared.waitFor();
    expect((await cleared.innerText()).replaceAll(/\s+/g, ' ')).toMatch(
      /^Cleared .*10:30:10: Aphid on leaf, 7 in view now \(threshold 10\)$/,
    );
    expect(await alerts.getByRole('heading').allTextContents()).toEqual(['Leaf beetle on leaf']);
  });

  it('says that the node is offline, and that a camera is, since when and why', async () => {
    await open();
    await stage.say(`${BASE}/status`, { schema: 1, state: 'offline', at: null, version: '0.1.0' }, true);
    await page.getByText(/^Node offline since \d\d:\d\d:\d\d$/).waitFor();
    const reason = 'http://10.0.0.12/still.jpg did not answer within 10 s.';
    const since = '2026-06-01T09:30:00.000Z';
    await stage.say(`${LEAF}/status`, { schema: 1, state: 'offline', since, reason }, true);
    await page
      .locator('.camera')
      .getByText(/^Offline since .*10:30:00$/)
      .waitFor();
    await page.getByText(reason).waitFor();
  });

  it('says that it reconnects when its node is gone, and goes on when it is back', async () => {
    await open();
    await stage.stop();
    await page.getByText(/^Reconnecting since \d\d:\d\d:\d\d$/).waitFor();
    const renamed = { ...facts, site: { ...facts.site, name: 'After the storm' } };
    stage = await openStage({ port: Number(new URL(stage.url).port) }, () => renamed, pageDir);
    await page.getByText('Connected', { exact: true }).waitFor();
    await page.getByRole('heading', { name: 'After the storm' }).waitFor();
    await see('after', '#1f7a3d', aphid);
    await boxes().waitFor();
  });

  it('asks for the names of targets again when the prompts were edited', async () => {
    await open();
    const unknown = { ...aphid, target: 'thrips-adult' };
    const edited = { id: 'insects/thrips', hash: 'edited00' };
    let asked = 0;
    await page.route('**/api/node', async (route) => {
      asked += 1;
      await route.continue();
    });
    const payload = detections('a', [unknown]);
    await stage.say(`${LEAF}/detections`, {
      ...payload,
      fingerprint: { ...payload.fingerprint, promptSet: edited },
    });
    await page.locator('.feed li', { hasText: 'thrips-adult' }).waitFor();
    await expect.poll(() => asked).toBe(1);
    await stage.say(`${LEAF}/detections`, {
      ...detections('b', [unknown, aphid]),
      fingerprint: { ...payload.fingerprint, promptSet: edited },
    });
    await page.locator('.feed li', { hasText: 'Aphid' }).waitFor();
    expect(asked).toBe(1);
  });

  it('shows the similarity alone where no score is possible', async () => {
    await open();
    await see('a', '#1f7a3d', { ...aphid, score: null });
    await page.getByRole('button', { name: 'Aphid, similarity 0.291, box 6.4 × 6.4 mm' }).waitFor();
    expect((await page.locator('.feed .numbers').innerText()).trim()).toBe('sim 0.291');
  });

  it('takes what it is sent for text, counts what it cannot read, and goes on', async () => {
    await open();
    const hostile = '<img src=x onerror="window.broken=true">';
    await stage.say(`${LEAF}/detections`, '{"schema":1,');
    await stage.say(`${LEAF}/detections`, { ...detections('a', []), detections: [{ ...aphid, score: 'high' }] });
    await see('b', '#1f7a3d', { ...aphid, target: hostile, prompt: hostile });
    await page.locator('.feed').getByText(hostile).waitFor();
    await page.getByText('2 messages').waitFor();
    await boxes().waitFor();
    expect(await page.evaluate(() => 'broken' in globalThis)).toBe(false);
    expect(await page.locator('img').count()).toBe(1);
  });

  it.each(['light', 'dark'] as const)("stays within a phone's width in %s", async (colorScheme) => {
    await page.setViewportSize({ width: 390, height: 844 });
    await page.emulateMedia({ colorScheme });
    await open();
    await see('a', '#1f7a3d', aphid, ladyBeetle);
    await stage.say(`${BASE}/alerts`, alert('raised'), true);
    await page.getByRole('heading', { name: 'Aphid on leaf' }).waitFor();
    const widths = await page.evaluate(() => {
      const { document } = globalThis as unknown as {
        document: { documentElement: { scrollWidth: number; clientWidth: number } };
      };
      return [document.documentElement.scrollWidth, document.documentElement.clientWidth];
    });
    expect(widths).toEqual([390, 390]);
  });
});
