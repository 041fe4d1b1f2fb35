import { chromium } from 'playwright-core';
import { afterEach, describe, expect, it } from 'vitest';
import type { ZodType } from 'zod';
import * as commands from '../../src/uplink/command-payloads.js';
import * as schemas from '../../src/uplink/payloads.js';
import { type DaemonProcess, startDaemon } from '../support/daemon-process.js';
import { startMosquitto } from '../support/mosquitto.js';
import { startMosquittoSub } from '../support/mosquitto-sub.js';
import { findTool, needs } from '../support/needs.js';

let daemon: DaemonProcess | undefined;
afterEach(async () => {
  await daemon?.stop();
  daemon = undefined;
});

const stoppedWell = async () => {
  const { code, ms } = (await daemon?.stop()) ?? { code: -1, ms: 0 };
  daemon = undefined;
  return { code, inTime: ms < 3000 };
};

describe('the daemon on its defaults', needs('chromium'), () => {
  it('shows a detection of the simulated camera on its page, and stops cleanly within 3 s', async () => {
    daemon = await startDaemon();
    const browser = await chromium.launch({
      executablePath: findTool('chromium') as string,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
    try {
      const page = await browser.newPage();
      const faults: string[] = [];
      page.on('pageerror', (error) => faults.push(String(error)));
      await page.goto(daemon.page as string);
      await page
        .getByText(/\b(aphid|beetle|caterpillar)s?\b.*\d+ ?%/i)
        .first()
        .waitFor({ timeout: 60_000 });
      expect(faults).toEqual([]);
    } finally {
      await browser.close();
    }
    expect(await stoppedWell()).toEqual({ code: 0, inTime: true });
  }, 120_000);
});

describe("the daemon with the farm's broker", needs('mosquitto', 'mosquitto_sub'), () => {
  it('says on each topic what the schemas say, with the model, the prompts and the provider behind every number', async () => {
    const mosquitto = await startMosquitto();
    const reader = await startMosquittoSub({ port: mosquitto.port, topics: ['fieldscout/#'] });
    try {
      daemon = await startDaemon({
        site: { id: 'east', name: 'East field', timeZone: 'Europe/Lisbon' },
        node: 'n1',
        mqtt: { url: mosquitto.url },
        alerts: [{ id: 'any-aphid', target: 'aphid', threshold: 1 }],
        tracking: { minDurationMs: 500 },
        cameras: [{ id: 'leaf', source: 'sim:leaf', intervalMs: 500, tiles: { scales: [96, 192], overlap: 0.5 } }],
      });
      const base = 'fieldscout/east/n1';
      const wanted: Record<string, ZodType> = {
        [`${base}/status`]: schemas.statusPayload,
        [`${base}/health`]: schemas.healthPayload,
        [`${base}/alerts`]: schemas.alertPayload,
        [`${base}/cameras/leaf/status`]: schemas.cameraStatusPayload,
        [`${base}/cameras/leaf/detections`]: schemas.detectionsPayload,
        [`${base}/cameras/leaf/events`]: schemas.eventPayload,
        [`${base}/cameras/leaf/counts`]: schemas.countsPayload,
        [`${base}/cameras/leaf/running/state`]: commands.runningState,
        [`${base}/cameras/leaf/prompts/state`]: commands.promptsState,
        [`${base}/cameras/leaf/threshold/state`]: commands.thresholdState,
      };
      await reader.until(
        (messages) =>
          [...Object.keys(wanted), `${base}/cameras/leaf/snapshot`].every((topic) =>
            messages.some((one) => one.topic === topic),
          ),
        60_000,
      );
      for (const { topic, body } of reader.messages) {
        const schema = wanted[topic];
        if (schema) schema.parse(JSON.parse(body.toString('utf8')));
        else expect([topic, body.subarray(0, 2).toString('hex')]).toEqual([`${base}/cameras/leaf/snapshot`, 'ffd8']);
      }
      const events = reader.messages
        .filter(({ topic }) => topic.endsWith('/events'))
        .map(({ body }) => schemas.eventPayload.parse(JSON.parse(body.toString('utf8'))));
      expect(new Set(events.map(({ id }) => id)).size).toBe(events.length);
      expect(events[0]?.fingerprint).toMatchObject({
        model: { id: 'scout-tiny', sha256: expect.stringMatching(/^[0-9a-f]{64}$/) },
        promptSet: { hash: expect.stringMatching(/^[0-9a-f]{64}$/) },
        calibration: { kind: 'clip', origin: 'manifest' },
        provider: 'cpu',
      });
      expect(await stoppedWell()).toEqual({ code: 0, inTime: true });
      await reader.until((messages) =>
        messages.some(({ topic, body }) => topic === `${base}/status` && body.toString().includes('"stopped"')),
      );
      const ended = new Set(events.map(({ after }) => after.id));
      await reader.until((messages) =>
        [...ended].every((id) =>
          messages.some(
            ({ topic, body }) =>
              topic.endsWith('/events') && body.toString().includes('"type":"end"') && body.toString().includes(id),
          ),
        ),
      );
    } finally {
      await reader.stop();
      await mosquitto.stop();
    }
  }, 120_000);
});
