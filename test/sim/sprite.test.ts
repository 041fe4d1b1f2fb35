import { describe, expect, it } from 'vitest';
import { formsWhere } from '../../src/sim/catalogue.js';
import type { Form } from '../../src/sim/species.js';
import { blend, type Sprite, SpriteStore } from '../../src/sim/sprite.js';

const spriteOf = (pixels: readonly (readonly [number, number, number, number])[], width: number): Sprite => ({
  data: Uint8Array.from(pixels.flat()),
  width,
  height: pixels.length / width,
  left: 0,
  top: 0,
});

const FLYING = formsWhere({ kind: 'moth', colour: 'brown', posture: 'flying' })[0]?.form as Form;

describe('SpriteStore', () => {
  it('knows where a sprite will lie before it is drawn', async () => {
    const store = new SpriteStore({ scale: 0.7, grade: null, shadow: 1 });
    for (const heading of [0, 1, 2.5, 4]) {
      const figure = FLYING.draw(80, heading, 0.25, 2);
      const { data, ...frame } = await store.spriteOf(figure, 40);
      expect(store.frameOf(figure, 40)).toEqual(frame);
      expect(data.length).toBe(frame.width * frame.height * 4);
    }
  });

  it('draws sprites that together are more than it remembers, some of them asked for twice', async () => {
    const store = new SpriteStore({ scale: 1, grade: null, shadow: 1 }, 100_000);
    const figures = [1, 2, 3].map((seed) => FLYING.draw(120, seed, 0.25, seed));
    const sprites = await Promise.all([...figures, ...figures].map((figure) => store.spriteOf(figure, 40)));
    expect(sprites[0]?.data.length).toBeGreaterThan(50_000);
    const again = await Promise.all(figures.map((figure) => store.spriteOf(figure, 40)));
    const bytes = [...sprites, ...again].map(({ data }) => Buffer.from(data));
    for (const [i, each] of bytes.entries()) expect(each.equals(bytes[i % 3] as Buffer)).toBe(true);
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
