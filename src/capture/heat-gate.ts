import type { CapturedFrame } from '../types.js';
import type { FrameSource, SourceReport } from './frame-source.js';

/** Whether the board is too hot for frames. */
export interface Heat {
  readonly isTooHot: boolean;
  /** Each resolves once it is so, at once where it is, and when the signal aborts. */
  untilTooHot(signal: AbortSignal): Promise<void>;
  untilCool(signal: AbortSignal): Promise<void>;
}

const TOLD = 'paused: the board is too hot';

/**
 * A camera that gives nothing while the board is too hot. A live one is closed meanwhile, since a program that decodes heats as well; one
 * whose pictures wait is not asked for the next.
 */
export class HeatGate implements FrameSource {
  /** Absent where the source cannot choose the moment either. */
  readonly captureNow?: () => void;

  constructor(
    private readonly source: FrameSource,
    private readonly heat: Heat,
  ) {
    if (source.captureNow) this.captureNow = () => source.captureNow?.();
  }

  get position(): number | undefined {
    return this.source.position;
  }

  get keepsPictures(): boolean {
    return this.source.keepsPictures ?? false;
  }

  get isLive(): boolean {
    return this.source.isLive ?? false;
  }

  async *frames(signal: AbortSignal, report: SourceReport): AsyncIterable<CapturedFrame> {
    const { source } = this;
    await this.cool(signal, report);
    if (!source.isLive) {
      for await (const frame of source.frames(signal, report)) {
        yield frame;
        await this.cool(signal, report);
      }
      return;
    }
    while (!signal.aborted) {
      const wasTooHot = yield* this.untilTooHot(signal, report);
      // It ended by itself.
      if (!wasTooHot) return;
      await this.cool(signal, report);
    }
  }

  /** @returns whether heat closed it */
  private async *untilTooHot(signal: AbortSignal, report: SourceReport): AsyncGenerator<CapturedFrame, boolean> {
    const over = new AbortController();
    let wasTooHot = false;
    const stop = () => over.abort();
    signal.addEventListener('abort', stop, { once: true });
    const watching = this.heat.untilTooHot(over.signal).then(() => {
      wasTooHot = !over.signal.aborted;
      stop();
    });
    try {
      yield* this.source.frames(over.signal, report);
      return wasTooHot;
    } finally {
      signal.removeEventListener('abort', stop);
      stop();
      await watching;
    }
  }

  private async cool(signal: AbortSignal, report: SourceReport): Promise<void> {
    if (!this.heat.isTooHot || signal.aborted) return;
    report.state('asleep', TOLD);
    await this.heat.untilCool(signal);
  }
}
