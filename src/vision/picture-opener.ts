import type { CapturedFrame, RgbImage } from '../types.js';
import { decodeImage } from './decode.js';
import { type Mask, paintMasks } from './mask.js';
import { type PictureChecks, type PictureFault, PictureWatch } from './picture-watch.js';
import type { View } from './view.js';

export interface OpenedPicture {
  readonly image: RgbImage;
  /** What is wrong with it; undefined where nothing is. */
  readonly fault: PictureFault | undefined;
}

/** Opens the pictures of one camera: decoded, turned, cut, judged, and what is not to be looked at painted over. */
export class PictureOpener {
  private readonly watch: PictureWatch;

  constructor(
    private readonly view: View,
    private readonly masks: readonly Mask[],
    checks: PictureChecks,
  ) {
    this.watch = new PictureWatch(checks);
  }

  /**
   * @param elapsedMs by a clock that nobody sets
   * @param isLive whether the camera makes its pictures as it gives them
   * @throws FieldscoutError IMAGE_UNREADABLE, IMAGE_TOO_LARGE or VIEW_OUTSIDE
   */
  async open({ bytes, origin }: CapturedFrame, elapsedMs: number, isLive: boolean): Promise<OpenedPicture> {
    const image = await decodeImage(bytes, origin, this.view);
    const fault = this.watch.see(image, elapsedMs, isLive);
    paintMasks(image, this.masks);
    return { image, fault };
  }
}
