import { describe, expect, it } from 'vitest';
import { formNamed } from '../../src/sim/catalogue.js';
import { blend, type Sprite, SpriteStore } from '../../src/sim/sprite.js';

const spriteOf = (pixels: readonly (readonly [number, number, number, number])[], width: number): Sprite => ({
  data: Uint8Array.from(pixels.flat()),
  width,
  height: pixels.length / width,
  left: 0,
  top: 0,
});

describe('SpriteStore', () => {
  it('knows where a sprite will lie before it is drawn', async () => {
    const store = new SpriteStore({ scale: 0.7, grade: null, shadow: 1 });
    for (const heading of [0, 1, 2.5, 4]) {
      const figure = formNamed('moth-brown-flying').draw(80, heading, 0.25, 2);
      const { data, ...frame } = await store.spriteOf(figure, 40);
      expect(store.frameOf(figure, 40)).toEqual(frame);
      expect(data.length).toBe(frame.width * frame.height * 4);
    }
  });
});

describe('blend', () => {
  it('gives the nearest level for every opacity', () => {
    for (let alpha = 0; alpha <= 255; alpha += 1)
      for (const [below, above] of [
        [0, 255],
        [255, 0],
        [100, 101],
        [201, 17],
      ] as const) {
        const picture = { width: 1, height: 1, data: new Uint8Array(3).fill(below) };
        blend(picture, spriteOf([[above, above, above, alpha]], 1), 0, 0);
        expect([...picture.data]).toEqual(new Array(3).fill(below + Math.round(((above - below) * alpha) / 255)));
      }
  });

  it('leaves out what reaches over the border', () => {
    const sprite = spriteOf(
      [
        [1, 2, 3, 255],
        [4, 5, 6, 255],
        [7, 8, 9, 255],
        [10, 11, 12, 255],
      ],
      2,
    );
    const at = (left: number, top: number) => {
      const picture = { width: 1, height: 1, data: new Uint8Array(3) };
      blend(picture, sprite, left, top);
      return [...picture.data];
    };
    expect(at(0, 0)).toEqual([1, 2, 3]);
    expect(at(-1, 0)).toEqual([4, 5, 6]);
    expect(at(-1, -1)).toEqual([10, 11, 12]);
    expect(at(1, 0)).toEqual([0, 0, 0]);
    expect(at(0, -2)).toEqual([0, 0, 0]);
  });
});
