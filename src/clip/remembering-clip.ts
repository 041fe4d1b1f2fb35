import { createHash } from 'node:crypto';
import type { ClipModel } from './clip-model.js';

/** A model that keeps what it made of each batch of pixels. */
export interface RememberingClip {
  readonly clip: ClipModel;
  /** Drops what is kept. */
  forget(): void;
}

/** For a picture that is looked at twice: a batch of equal pixels, by their SHA-256, is encoded once. */
export function rememberingClip(model: ClipModel): RememberingClip {
  const kept = new Map<string, Promise<readonly Float32Array[]>>();
  const encodeImages: ClipModel['encodeImages'] = (pixels, count) => {
    const bytes = new Uint8Array(pixels.buffer, pixels.byteOffset, pixels.byteLength);
    const key = createHash('sha256').update(bytes).digest('base64');
    const known = kept.get(key) ?? model.encodeImages(pixels, count);
    kept.set(key, known);
    return known;
  };
  return { clip: Object.create(model, { encodeImages: { value: encodeImages } }), forget: () => kept.clear() };
}
