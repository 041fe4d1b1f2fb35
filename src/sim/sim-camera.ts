import type { FrameSource, SourceReport } from '../capture/frame-source.js';
import { type Clock, systemClock, Trigger } from '../capture/pace.js';
import type { CapturedFrame, Size } from '../types.js';
import { ScenePainter } from './scene-painter.js';
import { openScene } from './sim-source.js';

export interface SimCameraOptions {
  readonly camera: string;
  /** What follows `sim:`, as in `leaf` or `crop-row?condition=dusk&seed=3&empty`. */
  readonly scene: string;
  /** 1280 x 720 unless told. */
  readonly size?: Size | undefined;
  /** Used where the scene names none. */
  readonly seed: number;
  readonly intervalMs: number;
  readonly clock?: Clock | undefined;
}

const DEFAULT_SIZE: Size = { width: 1280, height: 720 };

/**
 * A camera that looks at a drawn scene. Frame n shows the scene n intervals after the first one, and intervals that
 * nobody asked for are left out, as with a real camera.
 */
export class SimCamera implements FrameSource {
  private readonly painter: ScenePainter;
  private readonly clock: Clock;
  private readonly trigger = new Trigger();
  /** Of the first frame: a camera that slept goes on, and does not begin its life anew. */
  private beganMs: number | undefined;

  /** @throws FieldscoutError SOURCE_INVALID for an unknown scene or condition. */
  constructor(private readonly options: SimCameraOptions) {
    this.painter = new ScenePainter(openScene(options.scene, options.seed), options.size ?? DEFAULT_SIZE);
    this.clock = options.clock ?? systemClock;
  }

  captureNow(): void {
    this.trigger.fire();
  }

  async *frames(signal: AbortSignal, report: SourceReport): AsyncGenerator<CapturedFrame> {
    const { camera, scene, intervalMs } = this.options;
    this.beganMs ??= this.clock.now();
    const { beganMs } = this;
    // Nor is there a frame before the first: the clock may have been set back since.
    let next = Math.max(0, Math.ceil((this.clock.now() - beganMs) / intervalMs));
    while (!signal.aborted) {
      // A clock that was set back must not stop the camera for as long.
      const wait = Math.min(beganMs + next * intervalMs - this.clock.now(), intervalMs);
      await this.trigger.wait(wait, this.clock, signal);
      if (signal.aborted) return;
      const capturedAtMs = this.clock.now();
      const number = Math.max(next, Math.floor((capturedAtMs - beganMs) / intervalMs));
      const bytes = await this.painter.paint(number * intervalMs);
      if (signal.aborted) return;
      report.state('online');
      yield { camera, origin: `sim:${scene}#${number}`, capturedAtMs, bytes };
      next = number + 1;
    }
  }
}
