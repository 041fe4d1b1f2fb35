import sharp from 'sharp';
import { describe, expect, it } from 'vitest';
import { conditionNames } from '../../src/sim/conditions/conditions.js';
import { ScenePainter } from '../../src/sim/scene-painter.js';
import { sceneNames } from '../../src/sim/scenes.js';
import { openScene } from '../../src/sim/sim-source.js';

const SIZE = { width: 320, height: 180 };

const paint = async (text: string, timeMs = 5000) =>
  Buffer.from(await new ScenePainter(openScene(text, 7), SIZE).paint(timeMs));

/** Mean of each channel, and of the squared differences between neighbours: how bright, and how sharp or noisy. */
async function figuresOf(jpeg: Uint8Array) {
  const { data } = await sharp(jpeg).raw().toBuffer({ resolveWithObject: true });
  let sum = 0;
  let roughness = 0;
  for (let index = 3; index < data.length; index += 1) {
    sum += data[index] as number;
    roughness += ((data[index] as number) - (data[index - 3] as number)) ** 2;
  }
  return { level: sum / data.length, roughness: roughness / data.length };
}

describe.each(sceneNames())('the scene %s', (name) => {
  it('gives the same bytes again, and others for another seed, another time and without animals', async () => {
    const [first, again, otherSeed, later, empty] = await Promise.all([
      paint(name),
      paint(name),
      paint(`${name}?seed=8`),
      paint(name, 9000),
      paint(`${name}?empty`),
    ]);
    expect(first.equals(again)).toBe(true);
    for (const other of [otherSeed, later, empty]) expect(first.equals(other)).toBe(false);
  });

  it('gives the same bytes whatever was painted before, and with two pictures under way', async () => {
    const painter = new ScenePainter(openScene(name, 7), SIZE);
    const [, , second] = await Promise.all([painter.paint(0), painter.paint(60_000), painter.paint(5000)]);
    expect(Buffer.from(second as Uint8Array).equals(await paint(name))).toBe(true);
  });
});

describe('conditions', () => {
  it('all look different', async () => {
    const pictures = await Promise.all(conditionNames().map((name) => paint(`leaf?condition=${name}`)));
    const texts = pictures.map((picture) => picture.toString('base64'));
    expect(new Set(texts).size).toBe(conditionNames().length);
    expect(conditionNames()).toEqual([
      'day',
      'sun',
      'overcast',
      'dusk',
      'night',
      'rain',
      'dirt',
      'motion-blur',
      'noise',
      'jpeg',
      'overexposed',
      'underexposed',
    ]);
  });

  it('are darker, brighter, smoother and rougher than daylight as their names say', async () => {
    const of = async (name: string) => figuresOf(await paint(`leaf?condition=${name}`));
    const [day, dusk, under, over, blur, noise] = await Promise.all(
      ['day', 'dusk', 'underexposed', 'overexposed', 'motion-blur', 'noise'].map(of),
    );
    if (!day || !dusk || !under || !over || !blur || !noise) throw new Error('a condition is missing');
    expect(dusk.level).toBeLessThan(day.level * 0.8);
    expect(under.level).toBeLessThan(day.level * 0.5);
    expect(over.level).toBeGreaterThan(day.level * 1.3);
    expect(blur.roughness).toBeLessThan(day.roughness * 0.7);
    expect(noise.roughness).toBeGreaterThan(day.roughness * 1.3);
  });

  it('make smaller files of worse JPEGs', async () => {
    const [day, jpeg] = await Promise.all([paint('leaf'), paint('leaf?condition=jpeg')]);
    expect(jpeg.length).toBeLessThan(day.length * 0.35);
  });
});
