/** More than any picture of a field camera: a stream of garbage that once looks like the start of one must not fill the memory. */
const MOST_BYTES = 50_000_000;

type Progress = 'more' | 'garbage' | { readonly end: number };

/**
 * Cuts a stream of bytes into JPEG pictures. It follows the markers of each picture, so that the preview inside of EXIF does not end it,
 * and looks for the next start after garbage. Whatever stands between two pictures (MIME headers of MJPEG over HTTP) is left out.
 */
export class JpegSplitter {
  private held: Buffer = Buffer.alloc(0);
  private position = 0;
  private isInScan = false;
  private garbage = 0;

  constructor(private readonly mostBytes = MOST_BYTES) {}

  /** Bytes that belonged to no picture since the last whole one. */
  get garbageBytes(): number {
    return this.garbage;
  }

  /** @returns the pictures that these bytes complete, oldest first */
  push(chunk: Uint8Array): readonly Uint8Array[] {
    this.held = this.held.length === 0 ? Buffer.from(chunk) : Buffer.concat([this.held, chunk]);
    const pictures: Uint8Array[] = [];
    while (this.findStart()) {
      const progress = this.follow();
      if (progress === 'more' && this.held.length <= this.mostBytes) break;
      if (typeof progress === 'object') {
        pictures.push(Buffer.from(this.held.subarray(0, progress.end)));
        this.leave(progress.end);
        this.garbage = 0;
      } else {
        this.garbage += 2;
        this.leave(2);
      }
    }
    return pictures;
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

  private follow(): Progress {
    for (;;) {
      if (this.isInScan) {
        const next = this.held.indexOf(0xff, this.position);
        if (next === -1) this.position = this.held.length;
        if (next === -1 || next + 1 >= this.held.length) return 'more';
        const code = this.held[next + 1] as number;
        this.position = next;
        // Stuffed zeros and restart marks belong to the picture's data; fill bytes come before a marker.
        if (code === 0 || (code >= 0xd0 && code <= 0xd7)) this.position = next + 2;
        else if (code === 0xff) this.position = next + 1;
        else this.isInScan = false;
        continue;
      }
      if (this.position + 2 > this.held.length) return 'more';
      if (this.held[this.position] !== 0xff) return 'garbage';
      const code = this.held[this.position + 1] as number;
      if (code === 0xff) {
        this.position += 1;
        continue;
      }
      if (code === 0xd9) return { end: this.position + 2 };
      if (code < 0xc0 || code === 0xd8) return 'garbage';
      if (this.position + 4 > this.held.length) return 'more';
      const length = this.held.readUInt16BE(this.position + 2);
      if (length < 2) return 'garbage';
      if (this.position + 2 + length > this.held.length) return 'more';
      this.position += 2 + length;
      this.isInScan = code === 0xda;
    }
  }

  private leave(bytes: number): void {
    this.held = this.held.subarray(bytes);
    this.position = 0;
    this.isInScan = false;
  }
}
