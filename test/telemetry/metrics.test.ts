import { describe, expect, it } from 'vitest';
import { METRIC_NAMES, type MeasuredNode, Metrics } from '../../src/telemetry/metrics.js';

const node: MeasuredNode = {
  version: '0.1.0',
  clock: 'unsynchronised',
  uptimeS: 61,
  model: { id: 'scout-tiny', sha256: 'ab', precision: 'int8' },
  provider: 'cpu',
  memory: { freeBytes: 5, totalBytes: 9 },
  disk: { freeBytes: 3, totalBytes: 7 },
  temperaturesC: { 'cpu-thermal': 51.5 },
  board: { gpuLoad: 0.42, powerMw: { VDD_IN: 5200 }, throttling: ['under-voltage'] },
  uplink: {
    state: 'connected',
    queued: 4,
    dropped: { offline: 2 },
    unwritten: 1,
    outbox: { waiting: 6, bytes: 600, oldestAt: '2026-05-01T10:00:00.000Z', dropped: { 'outbox-full': 8 } },
  },
  cameras: [
    {
      id: 'leaf',
      state: 'online',
      framesLookedAt: 12,
      framesDropped: { unreadable: 3 },
      lastFrameAt: '2026-05-01T10:00:00.500Z',
    },
    { id: 'trap', state: 'disabled', framesLookedAt: 0, framesDropped: {}, lastFrameAt: null },
  ],
  warnings: ['one', 'two'],
  inferenceRestarts: 1,
  counts: [{ camera: 'leaf', target: 'aphid', now: 2, hour: 5, day: 9 }],
};

/** Samples of the node itself: name with labels -> value. */
async function scrape(metrics: Metrics, of: MeasuredNode): Promise<Record<string, number>> {
  const lines = (await metrics.text(of)).split('\n').filter((line) => line.startsWith('fieldscout_'));
  return Object.fromEntries(
    lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]),
  );
}

describe('Metrics', () => {
  it("tells the node's numbers in base units", async () => {
    const metrics = new Metrics();
    metrics.encoded(16, 0.3);
    const { fieldscout_inference_batch_seconds_sum: sum, ...samples } = await scrape(metrics, node);
    expect(sum).toBe(0.3);
    expect(samples).toMatchObject({
      'fieldscout_build_info{version="0.1.0",model="scout-tiny",model_sha256="ab",precision="int8",provider="cpu"}': 1,
      fieldscout_uptime_seconds: 61,
      'fieldscout_clock_state{state="unsynchronised"}': 1,
      'fieldscout_clock_state{state="synchronised"}': 0,
      'fieldscout_camera_state{camera="leaf",state="online"}': 1,
      'fieldscout_camera_state{camera="trap",state="online"}': 0,
      'fieldscout_camera_state{camera="trap",state="disabled"}': 1,
      'fieldscout_camera_last_frame_timestamp_seconds{camera="leaf"}': 1777629600.5,
      'fieldscout_tracks{camera="leaf",target="aphid",window="now"}': 2,
      'fieldscout_tracks{camera="leaf",target="aphid",window="hour"}': 5,
      'fieldscout_tracks{camera="leaf",target="aphid",window="day"}': 9,
      'fieldscout_frames_total{camera="leaf"}': 12,
      'fieldscout_frames_dropped_total{camera="leaf",reason="unreadable"}': 3,
      fieldscout_uplink_connected: 1,
      fieldscout_uplink_queued_messages: 4,
      'fieldscout_uplink_dropped_messages_total{reason="offline"}': 2,
      fieldscout_outbox_messages: 6,
      fieldscout_outbox_bytes: 600,
      fieldscout_outbox_oldest_timestamp_seconds: 1777629600,
      'fieldscout_outbox_dropped_messages_total{reason="outbox-full"}': 8,
      fieldscout_unwritten_messages: 1,
      fieldscout_memory_free_bytes: 5,
      fieldscout_memory_size_bytes: 9,
      fieldscout_disk_free_bytes: 3,
      fieldscout_disk_size_bytes: 7,
      'fieldscout_temperature_celsius{zone="cpu-thermal"}': 51.5,
      fieldscout_gpu_load_ratio: 0.42,
      'fieldscout_power_watts{rail="VDD_IN"}': 5.2,
      fieldscout_throttling: 1,
      fieldscout_warnings: 2,
      fieldscout_inference_worker_restarts_total: 1,
      fieldscout_tiles_encoded_total: 16,
      'fieldscout_inference_batch_seconds_bucket{le="0.5"}': 1,
      'fieldscout_inference_batch_seconds_bucket{le="0.25"}': 0,
    });
    expect(samples).not.toHaveProperty('fieldscout_camera_last_frame_timestamp_seconds{camera="trap"}');
  });

  it('forgets what is no more, and counts what grows from the same numbers again', async () => {
    const metrics = new Metrics();
    await scrape(metrics, node);
    const [leaf] = node.cameras;
    const later = await scrape(metrics, {
      ...node,
      disk: null,
      temperaturesC: {},
      board: { gpuLoad: null, powerMw: {}, throttling: [] },
      counts: [],
      cameras: [{ ...(leaf as NonNullable<typeof leaf>), framesLookedAt: 13 }],
      uplink: { ...node.uplink, outbox: { ...node.uplink.outbox, oldestAt: null } },
    });
    expect(later['fieldscout_frames_total{camera="leaf"}']).toBe(13);
    const gone = /trap|temperature|gpu_load|power|disk|fieldscout_tracks|oldest/;
    expect(Object.keys(later).filter((name) => gone.test(name))).toEqual([]);
  });

  it('follows the naming rules of Prometheus', () => {
    for (const name of METRIC_NAMES) expect(name).toMatch(/^fieldscout_[a-z]+(_[a-z]+)*$/);
    expect(METRIC_NAMES.filter((name) => /_(ms|milliseconds|percent|mb|fahrenheit|count)$/.test(name))).toEqual([]);
  });

  it('adds what Prometheus expects of any process', async () => {
    const text = await new Metrics().text(node);
    expect(text).toContain('process_cpu_seconds_total');
    expect(text).toContain('nodejs_eventloop_lag_p99_seconds');
  });
});
