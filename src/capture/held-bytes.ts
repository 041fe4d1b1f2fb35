const LEAST_ROOM = 65_536;

/**
 * Bytes to whose end more are put and whose front is left. What is held moves only when as many bytes have come as it is long: the cost grows with
 * the bytes of the stream, however they are cut into chunks.
 */
export class HeldBytes {
  private room = Buffer.alloc(0);
  private start = 0;
  private end = 0;
  private held = this.room;

  /** What is held, in one piece; valid until the next `put`. */
  get view(): Buffer {
    return this.held;
  }

  put(chunk: Uint8Array): void {
    const wanted = this.held.length + chunk.length;
    if (this.start + wanted > this.room.length) this.makeRoom(wanted);
    this.room.set(chunk, this.end);
    this.end += chunk.length;
    this.held = this.room.subarray(this.start, this.end);
  }

  leave(bytes: number): void {
    this.start += bytes;
    this.held = this.room.subarray(this.start, this.end);
  }

  /** Gives the memory back too. */
  leaveAll(): void {
    this.room = Buffer.alloc(0);
    this.start = 0;
    this.end = 0;
    this.held = this.room;
  }

  private makeRoom(wanted: number): void {
    const room = 2 * wanted <= this.room.length ? this.room : Buffer.allocUnsafe(Math.max(LEAST_ROOM, 2 * wanted));
    // Within one buffer too: set() copies as if through a third place.
    room.set(this.held);
    this.room = room;
    this.end = this.held.length;
    this.start = 0;
  }
}
