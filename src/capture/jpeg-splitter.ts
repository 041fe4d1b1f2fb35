import { HeldBytes } from './held-bytes.js';

/** More than any picture of a field camera: a stream of garbage that once looks like the start of one must not fill the memory. */
const MOST_BYTES = 50_000_000;
/** Starts that are tried within bytes that a start before them led through in vain: each costs as much as those bytes are long. */
const MOST_TRIES = 8;

type Progress = 'more' | 'garbage' | { readonly end: number };

/**
 * Cuts a stream of bytes into JPEG pictures. It follows the markers of each picture, so that the preview inside of EXIF does not end it,
 * and looks for the next start after garbage. Whatever stands between two pictures (MIME headers of MJPEG over HTTP) is left out.
 */
export class JpegSplitter {
  private readonly stream = new HeldBytes();
  private position = 0;
  /** Up to here, from the front of what is held, starts led nowhere; how many since. */
  private triedBytes = 0;
  private tries = 0;
  private isInScan = false;
  private garbage = 0;

  constructor(private readonly mostBytes = MOST_BYTES) {}

  /** Bytes that belonged to no picture since the last whole one. */
  get garbageBytes(): number {
    return this.garbage;
  }

  /** @returns the pictures that these bytes complete, oldest first */
  push(chunk: Uint8Array): readonly Uint8Array[] {
    this.stream.put(chunk);
    const pictures: Uint8Array[] = [];
    while (this.findStart()) {
      const progress = this.follow();
      if (progress === 'more') {
        if (this.held.length > this.mostBytes) this.giveAllUp();
        break;
      }
      if (progress === 'garbage') {
        this.giveStartUp();
        continue;
      }
      pictures.push(Buffer.from(this.held.subarray(0, progress.end)));
      this.leave(progress.end);
      this.garbage = 0;
    }
    return pictures;
  }

  private get held(): Buffer {
    return this.stream.view;
  }

  /** Brings the start of a picture to the front of what is held. */
  private findStart(): boolean {
    if (this.position > 0) return true;
    const start = this.held.indexOf('ffd8ff', 0, 'hex');
    if (start === -1) {
      const left = Math.max(0, this.held.length - 2);
      this.garbage += left;
      this.leave(left);
      return false;
    }
    this.garbage += start;
    this.leave(start);
    this.position = 2;
    return true;
  }

  /** A picture that was cut off may hold the start of the next one; beyond some starts within the same bytes they are left as a whole. */
  private giveStartUp(): void {
    this.tries = this.triedBytes > 0 ? this.tries + 1 : 0;
    this.triedBytes = Math.max(this.triedBytes, this.position);
    const left = this.tries < MOST_TRIES ? 2 : this.triedBytes;
    this.garbage += left;
    this.leave(left);
  }

  private giveAllUp(): void {
    this.garbage += this.held.length;
    this.leave(this.held.length);
    this.stream.leaveAll();
  }

  private follow(): Progress {
    const held = this.held;
    for (;;) {
      if (this.isInScan) {
        const next = held[this.position] === 0xff ? this.position : held.indexOf(0xff, this.position);
        if (next === -1) this.position = held.length;
        if (next === -1 || next + 1 >= held.length) return 'more';
        const code = held[next + 1] as number;
        this.position = next;
        // Stuffed zeros and restart marks belong to the picture's data; fill bytes come before a marker.
        if (code === 0 || (code >= 0xd0 && code <= 0xd7)) this.position = next + 2;
        else if (code === 0xff) this.position = next + 1;
        else this.isInScan = false;
        continue;
      }
      if (this.position + 2 > held.length) return 'more';
      if (held[this.position] !== 0xff) return 'garbage';
      const code = held[this.position + 1] as number;
      if (code === 0xff) {
        this.position += 1;
        continue;
      }
      if (code === 0xd9) return { end: this.position + 2 };
      if (code < 0xc0 || code === 0xd8) return 'garbage';
      if (this.position + 4 > held.length) return 'more';
      const length = held.readUInt16BE(this.position + 2);
      if (length < 2) return 'garbage';
      if (this.position + 2 + length > held.length) return 'more';
      this.position += 2 + length;
      this.isInScan = code === 0xda;
    }
  }

  private leave(bytes: number): void {
    this.stream.leave(bytes);
    this.triedBytes = Math.max(0, this.triedBytes - bytes);
    this.position = 0;
    this.isInScan = false;
  }
}
