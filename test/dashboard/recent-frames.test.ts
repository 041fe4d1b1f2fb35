import { describe, expect, it } from 'vitest';
import { RecentFrames } from '../../src/dashboard/recent-frames.js';

const frame = (id: string, bytes = 1) => ({ id, jpeg: new Uint8Array(bytes) });

describe('RecentFrames', () => {
  it('gives the newest frame and any kept one of a camera', () => {
    const frames = new RecentFrames();
    const [first, second] = [frame('a'), frame('b')];
    frames.put('leaf', first);
    frames.put('leaf', second);
    expect(frames.latest('leaf')).toBe(second);
    expect(frames.get('leaf', 'a')).toBe(first);
    expect(frames.latest('trap')).toBeUndefined();
    expect(frames.get('trap', 'a')).toBeUndefined();
  });

  it('lets the oldest go beyond the number of frames, camera by camera', () => {
    const frames = new RecentFrames({ perCamera: 2, maxBytesPerCamera: 100 });
    frames.put('trap', frame('t'));
    for (const id of ['a', 'b', 'c']) frames.put('leaf', frame(id));
    expect(['a', 'b', 'c'].map((id) => frames.get('leaf', id)?.id)).toEqual([undefined, 'b', 'c']);
    expect(frames.latest('trap')?.id).toBe('t');
  });

  it('lets the oldest go beyond the bytes, and keeps the newest even where it alone is larger', () => {
    const frames = new RecentFrames({ perCamera: 8, maxBytesPerCamera: 100 });
    frames.put('leaf', frame('a', 60));
    frames.put('leaf', frame('b', 40));
    expect(frames.get('leaf', 'a')?.id).toBe('a');
    frames.put('leaf', frame('c', 30));
    expect(frames.get('leaf', 'a')).toBeUndefined();
    expect(frames.get('leaf', 'b')?.id).toBe('b');
    frames.put('leaf', frame('d', 500));
    expect(frames.latest('leaf')?.id).toBe('d');
    expect(frames.get('leaf', 'c')).toBeUndefined();
  });

  it('replaces a frame of the same id', () => {
    const frames = new RecentFrames({ perCamera: 2, maxBytesPerCamera: 100 });
    frames.put('leaf', frame('a', 10));
    frames.put('leaf', frame('b', 10));
    frames.put('leaf', frame('b', 20));
    expect(frames.get('leaf', 'b')?.jpeg.byteLength).toBe(20);
    expect(frames.get('leaf', 'a')?.id).toBe('a');
  });
});
