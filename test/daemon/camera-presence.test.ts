import { pino } from 'pino';
import { expect, it } from 'vitest';
import { CameraPresence } from '../../src/daemon/camera-presence.js';

const START_MS = Date.parse('2026-06-01T12:00:00Z');

function presence() {
  const told: string[] = [];
  const time = { ms: 0 };
  const camera = new CameraPresence({
    outlet: { status: (state, sinceMs, reason) => void told.push(`${state} ${sinceMs - START_MS} ${reason}`) },
    now: () => START_MS + time.ms,
    elapsed: () => time.ms,
    log: pino({ level: 'silent' }),
  });
  return { camera, told, time };
}

it('is told when it changes, and once', () => {
  const { camera, told, time } = presence();
  camera.turn('offline', 'no answer');
  camera.turn('offline', 'no answer');
  time.ms = 5_000;
  camera.turn('online', null);
  time.ms = 200_000;
  camera.turn('online', null);
  camera.turn('asleep', 'asleep until 6:00');
  expect(told).toEqual(['offline 0 no answer', 'online 5000 null', 'disabled 200000 asleep until 6:00']);
});

it('tells another reason of one absence within a minute of its coming, with the time since when it is offline', () => {
  const { camera, told, time } = presence();
  camera.turn('offline', 'connection refused');
  for (time.ms = 5_000; time.ms <= 120_000; time.ms += 5_000) camera.turn('offline', 'the camera answers 401');
  expect(told).toEqual(['offline 0 connection refused', 'offline 0 the camera answers 401']);
});

it('does not tell reasons that change with each attempt more than once a minute', () => {
  const { camera, told, time } = presence();
  for (time.ms = 0; time.ms < 600_000; time.ms += 5_000) camera.turn('offline', `attempt at ${time.ms}`);
  expect(told).toHaveLength(10);
});

it('says for how long it is so', () => {
  const { camera, time } = presence();
  camera.turn('asleep', 'asleep');
  time.ms = 40_000;
  expect(camera.lastsMs).toBe(40_000);
});
