import type { ClipModel } from '../clip/clip-model.js';
import type { CameraConfig } from '../config/camera-schema.js';
import type { Config } from '../config/schema.js';
import type { BoardReadings } from '../devices/board-readings.js';
import type { ClockTrust } from '../telemetry/clock-trust.js';
import type { Vitals } from '../telemetry/vitals.js';
import type { BudgetState, BudgetWindowState } from '../uplink/byte-budget.js';
import { instant } from '../uplink/compose.js';
import { type HealthPayload, SCHEMA_VERSION } from '../uplink/payloads.js';
import type { CameraLine } from './camera-line.js';
import type { OutgoingState } from './outgoing.js';

export interface HealthParts {
  readonly site: Config['site'];
  readonly version: string;
  readonly bootId: string;
  /** Since the start, by a clock that nobody sets. */
  readonly uptimeMs: number;
  readonly vitals: Vitals;
  readonly board: BoardReadings;
  readonly clock: ClockTrust;
  readonly clip: Pick<ClipModel, 'model' | 'precision' | 'provider'>;
  /** Inference workers that died. */
  readonly restarts: number;
  readonly uplink: OutgoingState;
  readonly lines: readonly { readonly camera: CameraConfig; readonly line: CameraLine }[];
  readonly warnings: readonly string[];
}

/** How the node fares, as it is told once a minute. */
export function healthReport(parts: HealthParts, nowMs: number): HealthPayload {
  const { site, version, bootId, uptimeMs, vitals, board, clock, clip, restarts, uplink, lines, warnings } = parts;
  return {
    schema: SCHEMA_VERSION,
    at: instant(nowMs),
    clock,
    version,
    bootId,
    uptimeS: Math.round(uptimeMs / 1000),
    site: {
      id: site.id,
      name: site.name,
      latitude: site.latitude ?? null,
      longitude: site.longitude ?? null,
      timeZone: site.timeZone,
      crop: site.crop ?? null,
    },
    model: { ...clip.model, precision: clip.precision },
    provider: clip.provider,
    ...vitals,
    temperaturesC: { ...vitals.temperaturesC },
    board: { ...board, powerMw: { ...board.powerMw }, throttling: [...board.throttling] },
    uplink: uplinkReport(uplink),
    cameras: lines.map(({ camera, line }) => {
      const { state: cameraState, picture, framesLookedAt, framesDropped, lastFrameMs } = line.health;
      return {
        id: camera.id,
        state: cameraState,
        picture,
        promptSet: { id: line.promptSet.id, hash: line.promptSet.hash },
        trapType: camera.trapType ?? null,
        plantsInView: camera.plantsInView ?? null,
        mmPerPixel: camera.mmPerPixel ?? null,
        framesLookedAt,
        framesDropped: { ...framesDropped },
        lastFrameAt: lastFrameMs === null ? null : instant(lastFrameMs),
      };
    }),
    warnings: [...warnings, ...restartWarning(restarts)],
  };
}

function uplinkReport({
  state,
  reason,
  queued,
  dropped,
  unwritten,
  outbox,
  budget,
}: OutgoingState): HealthPayload['uplink'] {
  const { waiting, bytes, oldestMs } = outbox;
  return {
    state,
    reason,
    queued,
    dropped: { ...dropped },
    unwritten,
    outbox: { waiting, bytes, oldestAt: instantOf(oldestMs), dropped: { ...outbox.dropped } },
    budget: budget && budgetReport(budget),
  };
}

function budgetReport({ hour, day, eventsWaitUntilMs }: BudgetState): HealthPayload['uplink']['budget'] {
  const report = (window: BudgetWindowState | null) =>
    window && { limitBytes: window.limitBytes, usedBytes: window.usedBytes, until: instant(window.untilMs) };
  return { hour: report(hour), day: report(day), eventsWaitUntil: instantOf(eventsWaitUntilMs) };
}

const instantOf = (ms: number | null) => (ms === null ? null : instant(ms));

function restartWarning(restarts: number): readonly string[] {
  return restarts === 0 ? [] : [`inference workers that died since the start: ${restarts}`];
}
