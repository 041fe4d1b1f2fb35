import { pino } from 'pino';
import sharp from 'sharp';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type AlertRule, CountAlerts } from '../../src/alerting/count-alerts.js';
import type { FrameSource, SourceReport } from '../../src/capture/frame-source.js';
import type { ClipModel } from '../../src/clip/clip-model.js';
import { CameraLine } from '../../src/daemon/camera-line.js';
import { FieldscoutError } from '../../src/errors.js';
import { fingerprintOf, type Sight } from '../../src/inspection/sight.js';
import { siteDay, TrackCounts } from '../../src/tracking/counts.js';
import { IouTracker } from '../../src/tracking/iou-tracker.js';
import type { CapturedFrame, Detection, EmbeddedPromptSet, Frame, Inspection } from '../../src/types.js';
import { PictureOpener } from '../../src/vision/picture-opener.js';
import type { View } from '../../src/vision/view.js';

const NOON_MS = Date.parse('2026-06-01T12:00:00Z');
const LOST_AFTER_MS = 5000;
const PICTURE_CHECKS = { black: true, green: true, frozen: true, frozenFrames: 2, frozenAfterMs: 3000 };

const promptsFor = (...targets: readonly string[]): EmbeddedPromptSet => ({
  promptSet: {
    id: targets.join('+'),
    hash: targets.join(' '),
    title: '',
    origin: '',
    targets: targets.map((id) => ({ id, name: id, prompts: [id], templates: ['{}'], beneficial: false })),
    negatives: [],
    negativeTemplates: [],
  },
  model: { id: 'm', sha256: '0' },
  targets: targets.map((id) => ({
    target: { id, name: id, prompts: [id], templates: ['{}'], beneficial: false },
    embedding: Float32Array.of(1),
    prompts: [],
  })),
  negatives: [],
});

/** What of a model a line reads. */
const modelOf = (id: string) =>
  ({
    model: { id, sha256: '0' },
    calibration: { kind: 'clip', logitScale: 100, logitBias: 0, origin: 'manifest' },
    provider: 'cpu',
  }) as ClipModel;

const sightOf = (model: string, ...targets: readonly string[]): Sight => ({
  clip: modelOf(model),
  prompts: promptsFor(...targets),
});

const seen = (target: string): Detection => ({
  target,
  prompt: target,
  score: 0.9,
  similarity: 0.3,
  box: { x: 0, y: 0, width: 8, height: 8 },
  scale: 8,
});

/** A camera that gives what it is told to. */
class HandCamera implements FrameSource {
  position: number | undefined;
  keepsPictures = false;
  isLive = false;
  report: SourceReport | undefined;
  private give: ((step: () => CapturedFrame | undefined) => void) | undefined;
  private readonly steps: (() => CapturedFrame | undefined)[] = [];

  async *frames(signal: AbortSignal, report: SourceReport): AsyncIterable<CapturedFrame> {
    this.report = report;
    signal.addEventListener('abort', () => this.next(() => undefined));
    for (;;) {
      const step =
        this.steps.shift() ??
        (await new Promise<() => CapturedFrame | undefined>((give) => {
          this.give = give;
        }));
      const frame = step();
      if (!frame) return;
      yield frame;
    }
  }

  next(step: () => CapturedFrame | undefined): void {
    const give = this.give;
    this.give = undefined;
    if (give) give(step);
    else this.steps.push(step);
  }
}

let clock: number;
let camera: HandCamera;
let told: string[];
let dropped: string[];
let detections: readonly Detection[];
let inspect: (frame: Frame, sight: Sight) => Promise<Inspection>;
/** Model and score of each event. */
let judged: string[];
let firstFrames: number;
let tellFrame: () => Promise<void>;
let stop: AbortController;
let png: Uint8Array;
let view: View;

beforeEach(async () => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  clock = 0;
  view = { rotate: 0 };
  camera = new HandCamera();
  told = [];
  judged = [];
  firstFrames = 0;
  dropped = [];
  detections = [];
  tellFrame = async () => undefined;
  inspect = async ({ image, ...frame }, sight) => ({
    frame: { ...frame, width: image.width, height: image.height },
    tiles: 1,
    views: 1,
    detections,
    fingerprint: fingerprintOf(sight),
    embeddings: new Map(),
    timingsMs: { tile: 0, encode: 0, score: 0 },
  });
  stop = new AbortController();
  png = await sharp({ create: { width: 8, height: 8, channels: 3, background: 'olive' } })
    .png()
    .toBuffer();
});
afterEach(() => {
  stop.abort();
  vi.useRealTimers();
});

function lineOf(rules: readonly AlertRule[], ...targets: readonly string[]): CameraLine {
  let ids = 0;
  const newId = () => String(++ids);
  const settings = { minOverlap: 0.2, minDurationMs: 0, lostAfterMs: LOST_AFTER_MS, updateEveryMs: 1_000_000 };
  return new CameraLine(
    {
      camera: 'leaf',
      source: camera,
      pictures: new PictureOpener(view, [], PICTURE_CHECKS),
      inspector: { inspect: (frame, sight) => inspect(frame, sight) },
      tracker: new IouTracker('leaf', settings, newId),
      lostAfterMs: LOST_AFTER_MS,
      alerts: new CountAlerts(rules, newId),
      outlet: {
        frame: () => tellFrame(),
        keep: async () => undefined,
        dropped: (reason, line) => void dropped.push(`${reason}: ${line}`),
        event: ({ type, after }, { model }) => {
          told.push(`${type} ${after.target}`);
          judged.push(`${type} ${after.id} ${after.best.score} by ${model.id}`);
        },
        counts: (counts) => void told.push(counts.map(({ target, now, day }) => `${target} ${now}/${day}`).join(', ')),
        alert: ({ rule, state, value }, { promptSet }) =>
          void told.push(`${rule} ${state} at ${value} by ${promptSet.id}`),
        status: (state, _, reason) => void told.push(reason === null ? state : `${state}: ${reason}`),
      },
      onFirstFrame: () => {
        firstFrames += 1;
      },
      countsFor: (ids, before) => new TrackCounts(ids, siteDay('UTC'), before),
      now: () => NOON_MS + clock,
      elapsed: () => clock,
      log: pino({ level: 'silent' }),
    },
    sightOf('m', ...targets),
  );
}

/** Has the camera give a frame that shows these, and waits until the line has dealt with it. */
async function show(line: CameraLine, ...found: readonly Detection[]): Promise<void> {
  await give(line, png, ...found);
}

async function give(line: CameraLine, bytes: Uint8Array, ...found: readonly Detection[]): Promise<void> {
  detections = found;
  const dealtWith = () => {
    const { framesLookedAt, framesDropped } = line.health;
    return framesLookedAt + Object.values(framesDropped).reduce((sum, count) => sum + count, 0);
  };
  const before = dealtWith();
  camera.next(() => ({ camera: 'leaf', origin: 'a.png', capturedAtMs: NOON_MS + clock, bytes }));
  await vi.waitFor(() => expect(dealtWith()).toBe(before + 1), { timeout: 20_000 });
  // The line comes back to its camera.
  await new Promise((resolve) => setImmediate(resolve));
}

function timeGoesBy(ms: number): void {
  clock += ms;
  vi.advanceTimersByTime(1000);
}

const rule: AlertRule = { id: 'any', target: 'aphid', measure: 'now', threshold: 1, clearBelow: 1 };

describe('a camera that gives no more frames', () => {
  it('has its tracks ended, its counts told and its alerts cleared once they are lost', async () => {
    const line = lineOf([rule], 'aphid');
    void line.run(stop.signal);
    await show(line, seen('aphid'));
    expect(told).toEqual(['offline: starting', 'online', 'new aphid', 'aphid 1/1', 'any raised at 1 by aphid']);
    told.length = 0;
    timeGoesBy(LOST_AFTER_MS);
    expect(told).toEqual([]);
    timeGoesBy(1);
    expect(told).toEqual(['end aphid', 'aphid 0/1', 'any cleared at 0 by aphid']);
  });

  it('begins a new day nevertheless', async () => {
    const line = lineOf([], 'aphid');
    void line.run(stop.signal);
    await show(line, seen('aphid'));
    timeGoesBy(24 * 3_600_000);
    expect(told.at(-1)).toBe('aphid 0/0');
  });

  it('is not one whose frame is being looked at, however long that takes', async () => {
    const line = lineOf([], 'aphid');
    void line.run(stop.signal);
    await show(line, seen('aphid'));
    told.length = 0;
    const look = inspect;
    let goOn: (() => void) | undefined;
    inspect = async (frame, prompts) => {
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      return look(frame, prompts);
    };
    const shown = show(line, seen('aphid'));
    await vi.waitFor(() => expect(goOn).toBeDefined(), { timeout: 20_000 });
    timeGoesBy(10 * LOST_AFTER_MS);
    expect(told).toEqual([]);
    goOn?.();
    await shown;
    timeGoesBy(LOST_AFTER_MS);
    expect(told).toEqual(['aphid 1/1']);
  });

  it('is offline with the reason where it throws, and its tracks end', async () => {
    const line = lineOf([], 'aphid');
    const run = line.run(stop.signal);
    await show(line, seen('aphid'));
    told.length = 0;
    camera.next(() => {
      throw new FieldscoutError('SOURCE_INVALID', 'The cable is out.', 'Put it in.');
    });
    await expect(run).rejects.toThrow('The cable is out.');
    expect(told).toEqual(['end aphid', 'aphid 0/1', 'offline: The cable is out. Put it in. [SOURCE_INVALID]']);
    expect(line.health.state).toBe('offline');
    timeGoesBy(10 * LOST_AFTER_MS);
    expect(told).toHaveLength(3);
  });
});

describe('a camera whose pictures show nothing', () => {
  const BLACK = 'the picture is black: is it night, is the lens covered, or is the sensor broken?';
  const colour = (background: string) =>
    sharp({ create: { width: 8, height: 8, channels: 3, background } })
      .png()
      .toBuffer();

  it('is offline with the reason, has its frames dropped and its tracks ended, and comes back by itself', async () => {
    const black = await colour('black');
    const line = lineOf([], 'aphid');
    void line.run(stop.signal);
    await show(line, seen('aphid'));
    expect(line.health).toMatchObject({ state: 'online', picture: 'good' });
    told.length = 0;
    await give(line, black, seen('aphid'));
    camera.report?.state('online');
    await give(line, black, seen('aphid'));
    expect(told).toEqual([`offline: ${BLACK}`]);
    expect(dropped).toEqual([`black: a.png: ${BLACK}`, `black: a.png: ${BLACK}`]);
    expect(line.health).toMatchObject({
      state: 'offline',
      picture: 'black',
      framesLookedAt: 1,
      framesDropped: { black: 2 },
    });
    timeGoesBy(LOST_AFTER_MS + 1);
    expect(told.slice(1)).toEqual(['end aphid', 'aphid 0/1']);
    told.length = 0;
    await show(line);
    expect(told[0]).toBe('online');
    expect(line.health).toMatchObject({ state: 'online', picture: 'good', framesLookedAt: 2 });
  });

  it('tells another fault anew', async () => {
    const line = lineOf([], 'aphid');
    void line.run(stop.signal);
    await give(line, await colour('black'));
    await give(line, await colour('rgb(0,135,0)'));
    expect(told.map((each) => each.split(':')[1])).toEqual([
      ' starting',
      ' the picture is black',
      ' the picture is green',
    ]);
    expect(line.health).toMatchObject({ state: 'offline', picture: 'green', framesDropped: { black: 1, green: 1 } });
  });

  it('is offline, told once, while its crop lies outside of every picture', async () => {
    view = { rotate: 0, crop: { x: 100, y: 0, width: 10, height: 10, unit: 'px' } };
    const line = lineOf([], 'aphid');
    void line.run(stop.signal);
    await show(line);
    camera.report?.state('online');
    await show(line);
    expect(told).toEqual([
      'offline: starting',
      'offline: a.png: the crop lies outside of the picture of 8 x 8 pixels. Set cameras[].crop to a part of it. [VIEW_OUTSIDE]',
    ]);
    expect(line.health).toMatchObject({ state: 'offline', picture: 'outside', framesDropped: { outside: 2 } });
    const large = { create: { width: 200, height: 20, channels: 3, background: 'olive' } } as const;
    await give(line, await sharp(large).png().toBuffer());
    expect(line.health).toMatchObject({ state: 'online', picture: 'good', framesLookedAt: 1 });
  });

  it('is offline, told once, while its masks leave nothing to look at', async () => {
    inspect = () => Promise.reject(new FieldscoutError('VIEW_MASKED', 'a.png: all is masked.', 'Make them smaller.'));
    const line = lineOf([], 'aphid');
    void line.run(stop.signal);
    for (let i = 0; i < 2; i += 1) {
      camera.report?.state('online');
      await show(line);
    }
    expect(line.health).toMatchObject({ state: 'offline', picture: 'masked', framesDropped: { masked: 2 } });
    expect(told.filter((line) => line.includes('masked'))).toHaveLength(1);
  });

  it('is offline after three things in a row that are no pictures, whatever the server says', async () => {
    const page = new TextEncoder().encode('<html>Please log in</html>');
    const line = lineOf([], 'aphid');
    void line.run(stop.signal);
    await show(line);
    for (let i = 0; i < 2; i += 1) await give(line, page);
    expect(line.health).toMatchObject({ state: 'online', picture: 'good' });
    await show(line);
    for (let i = 0; i < 4; i += 1) {
      camera.report?.state('online');
      await give(line, page);
    }
    const statuses = told.filter((line) => /^(online|offline)/.test(line));
    expect(statuses).toEqual([
      'offline: starting',
      'online',
      expect.stringMatching(/^offline: a\.png .*IMAGE_UNREADABLE\]$/),
    ]);
    const framesDropped = { unreadable: 6 };
    expect(line.health).toMatchObject({ state: 'offline', picture: 'unreadable', framesLookedAt: 2, framesDropped });
    await show(line);
    expect(line.health).toMatchObject({ state: 'online', picture: 'good', framesLookedAt: 3 });
  });

  it('is not offline for files of a folder that are no pictures', async () => {
    camera.keepsPictures = true;
    const line = lineOf([], 'aphid');
    void line.run(stop.signal);
    await show(line);
    for (let i = 0; i < 5; i += 1) await give(line, Uint8Array.of(1, 2, 3));
    expect(line.health).toMatchObject({ state: 'online', framesDropped: { unreadable: 5 } });
  });

  it('is frozen where it is live and repeats one picture, and is not where its pictures may repeat', async () => {
    const line = lineOf([], 'aphid');
    void line.run(stop.signal);
    const repeat = async () => {
      for (let i = 0; i < 4; i += 1) {
        await show(line);
        clock += 2_000;
      }
    };
    await repeat();
    expect(line.health).toMatchObject({ picture: 'good', framesLookedAt: 4, framesDropped: {} });
    camera.isLive = true;
    await repeat();
    expect(line.health).toMatchObject({ state: 'offline', picture: 'frozen', framesDropped: { frozen: 4 } });
    await give(line, await colour('purple'));
    expect(line.health).toMatchObject({ state: 'online', picture: 'good', framesLookedAt: 5 });
  });
});

describe('a camera that sleeps by its schedule', () => {
  it('is switched off, keeps its tracks as they are, and comes back with its next frame', async () => {
    const line = lineOf([], 'aphid');
    void line.run(stop.signal);
    await show(line, seen('aphid'));
    told.length = 0;
    camera.report?.state('asleep', 'asleep by its schedule');
    camera.report?.state('asleep', 'asleep by its schedule');
    expect([told, line.health.state]).toEqual([['disabled: asleep by its schedule'], 'disabled']);
    timeGoesBy(LOST_AFTER_MS + 1);
    expect(told.slice(1)).toEqual(['aphid 1/1']);
    told.length = 0;
    await show(line);
    expect([told, line.health.state]).toEqual([['online', 'aphid 1/1'], 'online']);
    timeGoesBy(LOST_AFTER_MS + 1);
    expect(told.slice(2)).toEqual(['end aphid', 'aphid 0/1']);
  });

  it('counts a pest that rests through four bursts once, and one that has left meanwhile no longer', async () => {
    const line = lineOf([], 'aphid');
    void line.run(stop.signal);
    const burst = async (...found: readonly Detection[]) => {
      for (let i = 0; i < 3; i += 1) {
        await show(line, ...found);
        clock += 2000;
      }
      camera.report?.state('asleep', 'asleep by its schedule');
      for (let i = 0; i < 15; i += 1) timeGoesBy(60_000);
      camera.report?.state('online');
    };
    for (let i = 0; i < 4; i += 1) await burst(seen('aphid'));
    expect(line.latestCounts).toEqual([{ target: 'aphid', now: 1, hour: 0, day: 1 }]);
    await burst();
    expect(line.latestCounts).toEqual([{ target: 'aphid', now: 0, hour: 0, day: 1 }]);
  });

  it('lets its tracks end where it is paused meanwhile', async () => {
    const line = lineOf([], 'aphid');
    void line.run(stop.signal);
    await show(line, seen('aphid'));
    camera.report?.state('asleep', 'asleep by its schedule');
    timeGoesBy(10 * LOST_AFTER_MS);
    line.pause();
    timeGoesBy(LOST_AFTER_MS + 1);
    expect(told.slice(-2)).toEqual(['end aphid', 'aphid 0/1']);
  });
});

describe('other prompts', () => {
  const rules: readonly AlertRule[] = [rule, { ...rule, id: 'beetles', target: 'beetle', measure: 'day' }];

  it('end the tracks of targets that vanished, clear their alerts, and let the others go on', async () => {
    const line = lineOf(rules, 'aphid', 'beetle');
    void line.run(stop.signal);
    await show(line, seen('aphid'), seen('beetle'));
    told.length = 0;
    void line.use(sightOf('m', 'aphid', 'mite'));
    expect(told).toEqual([
      'end beetle',
      'aphid 1/1, beetle 0/1',
      'aphid 1/1, mite 0/0',
      'beetles cleared at null by aphid+mite',
    ]);
    expect(line.promptSet.id).toBe('aphid+mite');
    told.length = 0;
    await show(line, seen('aphid'));
    expect(told).toEqual(['aphid 1/1, mite 0/0']);
  });

  it('wait for the frame that is being looked at', async () => {
    const line = lineOf([], 'aphid');
    void line.run(stop.signal);
    const look = inspect;
    const lookedFor: string[] = [];
    inspect = async (frame, sight) => {
      lookedFor.push(sight.prompts.promptSet.id);
      if (lookedFor.length === 1) void line.use(sightOf('m', 'mite'));
      return look(frame, sight);
    };
    await show(line, seen('aphid'));
    await show(line, seen('mite'));
    expect(lookedFor).toEqual(['aphid', 'mite']);
    expect(told.slice(2)).toEqual([
      'new aphid',
      'aphid 1/1',
      'end aphid',
      'aphid 0/1',
      'mite 0/0',
      'new mite',
      'mite 1/1',
    ]);
  });
});

describe('another model', () => {
  const scored = (score: number, x: number): Detection => ({ ...seen('aphid'), score, box: { ...seen('').box, x } });

  it('waits for the frame that is being looked at, and the one before is used no more from then on', async () => {
    const line = lineOf([], 'aphid');
    void line.run(stop.signal);
    const look = inspect;
    const models: string[] = [];
    let adopted: Promise<void> | undefined;
    let isAdopted = false;
    inspect = async (frame, sight) => {
      models.push(sight.clip.model.id);
      adopted ??= line.use(sightOf('next', 'aphid')).then(() => {
        isAdopted = true;
      });
      await new Promise((resolve) => setImmediate(resolve));
      models.push(isAdopted ? 'exchanged' : 'still');
      return look(frame, sight);
    };
    await show(line, seen('aphid'));
    await adopted;
    await show(line, seen('aphid'));
    expect(models).toEqual(['m', 'still', 'next', 'exchanged']);
    expect(line.memory.lookedWith?.model.id).toBe('next');
  });

  it('is the one of what it saw: a track goes on with scores of its own, and ends as the one saw it that saw it last', async () => {
    const line = lineOf([], 'aphid');
    void line.run(stop.signal);
    await show(line, scored(0.9, 0), scored(0.8, 40));
    await line.use(sightOf('next', 'aphid'));
    await show(line, scored(0.7, 0));
    line.pause();
    timeGoesBy(LOST_AFTER_MS + 1);
    expect(judged).toEqual(['new 1 0.9 by m', 'new 2 0.8 by m', 'end 1 0.7 by next', 'end 2 0.8 by m']);
    expect(told.at(-1)).toBe('aphid 0/2');
  });
});

describe('a frame', () => {
  it('that is the first to be looked at is told of, once and not before', async () => {
    const line = lineOf([], 'aphid');
    void line.run(stop.signal);
    await give(line, Buffer.from('no picture'));
    expect(firstFrames).toBe(0);
    await show(line);
    expect([firstFrames, line.health.framesLookedAt]).toEqual([1, 1]);
    await show(line);
    expect(firstFrames).toBe(1);
  });

  it('that could be looked at but not told of is dropped, and nothing else', async () => {
    const line = lineOf([], 'aphid');
    void line.run(stop.signal);
    tellFrame = () => Promise.reject(new Error('no memory for a JPEG'));
    await show(line, seen('aphid'));
    expect(line.health).toMatchObject({ framesLookedAt: 0, framesDropped: { failed: 1 } });
    tellFrame = async () => undefined;
    await show(line, seen('aphid'));
    expect(line.health).toMatchObject({ framesLookedAt: 1, framesDropped: { failed: 1 } });
  });

  it('that is being looked at does not hold up a stop, and is not told of after it', async () => {
    const line = lineOf([rule], 'aphid');
    const run = line.run(stop.signal);
    await show(line, seen('aphid'));
    told.length = 0;
    const look = inspect;
    let goOn: (() => void) | undefined;
    inspect = async (frame, prompts) => {
      await new Promise<void>((resolve) => {
        goOn = resolve;
      });
      return look(frame, prompts);
    };
    camera.next(() => ({ camera: 'leaf', origin: 'b.png', capturedAtMs: NOON_MS, bytes: png }));
    await vi.waitFor(() => expect(goOn).toBeDefined(), { timeout: 20_000 });
    stop.abort();
    await run;
    const last = ['end aphid', 'aphid 0/1', 'any cleared at 0 by aphid', 'offline: stopped'];
    expect(told).toEqual(last);
    goOn?.();
    await new Promise((resolve) => setImmediate(resolve));
    expect(told).toEqual(last);
  });
});

describe('a camera that is paused', () => {
  const shot = (origin: string) => () => ({ camera: 'leaf', origin, capturedAtMs: NOON_MS + clock, bytes: png });
  const turns = () => new Promise((resolve) => setTimeout(resolve, 20));

  it('says so, looks at nothing, lets its tracks end, and begins again when it is resumed', async () => {
    const line = lineOf([], 'aphid');
    void line.run(stop.signal);
    await show(line, seen('aphid'));
    told.length = 0;
    line.pause();
    expect([told, line.health.state]).toEqual([['disabled: paused by a command'], 'disabled']);
    camera.next(shot('while-paused.png'));
    await turns();
    expect(line.health.framesLookedAt).toBe(1);
    timeGoesBy(LOST_AFTER_MS + 1);
    camera.report?.state('online');
    expect(told.slice(1)).toEqual(['end aphid', 'aphid 0/1']);
    told.length = 0;
    line.resume();
    await vi.waitFor(() => expect(line.health.framesDropped).toEqual({ paused: 1 }));
    await show(line, seen('aphid'));
    expect(told).toEqual(['offline: starting', 'online', 'new aphid', 'aphid 1/2']);
    expect(line.health).toMatchObject({ state: 'online', framesLookedAt: 2 });
  });

  it('looks later at what waited, where each picture is to be looked at', async () => {
    camera.keepsPictures = true;
    const line = lineOf([], 'aphid');
    line.pause();
    void line.run(stop.signal);
    expect(told).toEqual(['disabled: paused by a command', 'disabled: paused by a command']);
    line.resume();
    await show(line);
    line.pause();
    camera.next(shot('waits.png'));
    await turns();
    expect(line.health.framesLookedAt).toBe(1);
    line.resume();
    await vi.waitFor(() => expect(line.health).toMatchObject({ framesLookedAt: 2, framesDropped: {} }));
  });
});
