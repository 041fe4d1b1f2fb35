export interface RecentFramesLimits {
  /** Frames kept of each camera. */
  readonly perCamera: number;
  /** Bytes kept of each camera; the newest frame stays even where it alone is larger. */
  readonly maxBytesPerCamera: number;
}

export interface RecentFrame {
  readonly id: string;
  /** A JPEG file. */
  readonly jpeg: Uint8Array;
}

const DEFAULT_LIMITS: RecentFramesLimits = { perCamera: 8, maxBytesPerCamera: 32 * 1024 * 1024 };

/** The newest pictures of each camera, in memory alone, so that the page can show the frame that detections belong to. */
export class RecentFrames {
  private readonly frames = new Map<string, readonly RecentFrame[]>();

  constructor(private readonly limits: RecentFramesLimits = DEFAULT_LIMITS) {}

  /** Keeps a frame and lets go of the oldest ones beyond the limits; a frame of the same id is replaced. */
  put(camera: string, frame: RecentFrame): void {
    const older = (this.frames.get(camera) ?? []).filter(({ id }) => id !== frame.id);
    const kept = [frame];
    let bytes = frame.jpeg.byteLength;
    for (const candidate of older) {
      bytes += candidate.jpeg.byteLength;
      if (kept.length >= this.limits.perCamera || bytes > this.limits.maxBytesPerCamera) break;
      kept.push(candidate);
    }
    this.frames.set(camera, kept);
  }

  get(camera: string, id: string): RecentFrame | undefined {
    return this.frames.get(camera)?.find((frame) => frame.id === id);
  }

  latest(camera: string): RecentFrame | undefined {
    return this.frames.get(camera)?.[0];
  }
}
