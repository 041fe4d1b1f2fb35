import { describe, expect, it } from 'vitest';
import { unreadiness } from '../../src/daemon/readiness.js';
import type { HealthPayload } from '../../src/uplink/payloads.js';

type CameraState = HealthPayload['cameras'][number]['state'];

const node = (states: readonly CameraState[], unwritten = 0, state: 'connected' | 'offline' = 'connected') =>
  ({
    cameras: states.map((of, i) => ({ id: `camera-${i}`, state: of })),
    uplink: { state, unwritten },
  }) as unknown as HealthPayload;

describe('readiness', () => {
  it.each<[string, readonly CameraState[]]>([
    ['every camera gives frames', ['online', 'online']],
    ['one of several gives frames', ['offline', 'online']],
    ['all are paused', ['disabled', 'disabled']],
  ])('is given where %s', (_name, states) => {
    expect(unreadiness(node(states))).toEqual([]);
  });

  it('is given without a broker: what is found waits on the disk', () => {
    expect(unreadiness(node(['online'], 0, 'offline'))).toEqual([]);
  });

  it('is not given where no wanted camera gives frames', () => {
    expect(unreadiness(node(['offline', 'disabled']))).toEqual(['no camera gives frames: camera-0']);
  });

  it('is not given where the disk takes nothing', () => {
    expect(unreadiness(node(['online'], 1_001))).toEqual(['the disk takes nothing: 1001 messages wait in memory']);
  });
});
