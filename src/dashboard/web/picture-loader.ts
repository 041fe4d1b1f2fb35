import type { DetectionsPayload } from '../../uplink/payloads.js';
import type { Picture } from './state.js';

/** Fetches the frame of each camera's newest detections, one at a time: what came meanwhile replaces what waits. */
export class PictureLoader {
  private readonly waiting = new Map<string, DetectionsPayload>();
  private readonly busy = new Set<string>();
  private readonly shown = new Map<string, string>();

  constructor(
    private readonly show: (camera: string, picture: Picture) => void,
    private readonly isHidden: () => boolean,
  ) {}

  want(payload: DetectionsPayload): void {
    this.waiting.set(payload.camera, payload);
    void this.work(payload.camera);
  }

  /** The page can be seen again. */
  resume(): void {
    for (const camera of this.waiting.keys()) void this.work(camera);
  }

  private async work(camera: string): Promise<void> {
    const payload = this.waiting.get(camera);
    if (!payload || this.busy.has(camera) || this.isHidden()) return;
    this.waiting.delete(camera);
    this.busy.add(camera);
    try {
      const picture = await fetchPicture(payload);
      if (picture) this.replace(camera, picture);
    } catch (error) {
      console.warn(`The picture of camera ${camera} could not be shown:`, error);
    } finally {
      this.busy.delete(camera);
    }
    void this.work(camera);
  }

  private replace(camera: string, picture: Picture): void {
    const before = this.shown.get(camera);
    this.shown.set(camera, picture.url);
    this.show(camera, picture);
    if (before) setTimeout(() => URL.revokeObjectURL(before), 1000);
  }
}

async function fetchPicture(payload: DetectionsPayload): Promise<Picture | null> {
  const base = `/api/cameras/${encodeURIComponent(payload.camera)}`;
  const exact = await fetch(`${base}/frames/${encodeURIComponent(payload.frame.id)}.jpg`);
  const response = exact.ok ? exact : await fetch(`${base}/latest.jpg`);
  if (!response.ok) return null;
  const url = URL.createObjectURL(await response.blob());
  const image = new Image();
  image.src = url;
  await image.decode();
  return { url, payload, exact: response.headers.get('x-frame-id') === encodeURIComponent(payload.frame.id) };
}
