import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import sharp from 'sharp';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { formsWhere, SPECIES, speciesNamed, THINGS, thingsWhere } from '../../src/sim/catalogue.js';
import type { Figure } from '../../src/sim/figure.js';
import { boundsOf } from '../../src/sim/geometry.js';
import type { Box } from '../../src/types.js';

const FORMS = SPECIES.flatMap((species) => species.forms.map((form) => ({ species, form })));

/** The animal alone, without its shadow: uint8[height, width, 4] and where its left upper corner lies. */
async function inkOf({ defs, body, reach }: Figure) {
  const margin = 4;
  const bounds = boundsOf(reach);
  const [left, top] = [Math.floor(bounds.x) - margin, Math.floor(bounds.y) - margin];
  const [width, height] = [Math.ceil(bounds.width) + 2 * margin + 1, Math.ceil(bounds.height) + 2 * margin + 1];
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}"><defs>${defs}</defs><g transform="translate(${-left} ${-top})">${body}</g></svg>`;
  const data = await sharp(Buffer.from(svg)).ensureAlpha().raw().toBuffer();
  return { data, left, top, width, height };
}

type Ink = Awaited<ReturnType<typeof inkOf>>;

/** Bounds of the pixels that are more than faintly covered. */
function inked({ data, left, top, width, height }: Ink, alpha: number): Box {
  const points = [];
  for (let y = 0; y < height; y += 1)
    for (let x = 0; x < width; x += 1)
      if ((data[(y * width + x) * 4 + 3] as number) > alpha) points.push({ x: left + x, y: top + y });
  return boundsOf(points);
}

interface Mean {
  readonly r: number;
  readonly g: number;
  readonly b: number;
}

function meanColour({ data }: Ink): Mean {
  const sum = { r: 0, g: 0, b: 0, count: 0 };
  for (let index = 0; index < data.length; index += 4) {
    if ((data[index + 3] as number) < 200) continue;
    sum.r += data[index] as number;
    sum.g += data[index + 1] as number;
    sum.b += data[index + 2] as number;
    sum.count += 1;
  }
  return { r: sum.r / sum.count, g: sum.g / sum.count, b: sum.b / sum.count };
}

const brightness = ({ r, g, b }: Mean) => 0.3 * r + 0.59 * g + 0.11 * b;

/** What a person means by the word, in the mean colour of an animal with its dark legs and its highlights. */
const MEANINGS: Readonly<Record<string, (colour: Mean) => boolean>> = {
  green: ({ r, g, b }) => g > r + 8 && g > b + 25,
  yellow: ({ r, g, b }) => r > b + 30 && g > b + 20 && r >= g - 4,
  red: ({ r, g, b }) => r > g + 45 && r > b + 45,
  orange: ({ r, g, b }) => r > g + 30 && g > b + 10,
  pink: ({ r, g, b }) => r > g + 20 && b > 90,
  blue: ({ r, b }) => b > r,
  brown: ({ r, g, b }) => r > g + 8 && g > b + 8 && r < 190,
  black: (colour) => brightness(colour) < 90,
  grey: ({ r, g, b }) => Math.max(r, g, b) - Math.min(r, g, b) < 34,
  white: (colour) => brightness(colour) > 150,
};

describe('the catalogue', () => {
  it('names each form and each thing once', () => {
    const ids = [...FORMS.map(({ form }) => form.id), ...THINGS.map((thing) => thing.id)];
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    expect(new Set(SPECIES.map((species) => species.kind)).size).toBe(SPECIES.length);
  });

  it('holds what the prompt sets look for, and nothing that no prompt set knows', () => {
    const targets = ['prompts/insects', 'prompts/plants'].flatMap((folder) =>
      readdirSync(folder).flatMap((file) => {
        const set = parse(readFileSync(`${folder}/${file}`, 'utf8')) as { targets: readonly { id: string }[] };
        return set.targets.map(({ id }) => id);
      }),
    );
    const shown = new Set([
      ...SPECIES.map((species) => species.target),
      ...THINGS.flatMap(({ target }) => (target === null ? [] : [target])),
    ]);
    expect([...shown].filter((target) => !targets.includes(target))).toEqual([]);
    expect(targets.filter((target) => !shown.has(target))).toEqual(['leaf-mosaic']);
  });

  it('shows each kind in two colours at least, and each colour in two kinds', () => {
    for (const { kind, forms } of SPECIES)
      expect(new Set(forms.map((form) => form.colour)).size, kind).toBeGreaterThanOrEqual(2);
    for (const colour of Object.keys(MEANINGS))
      expect(new Set(formsWhere({ colour }).map(({ species }) => species.kind)).size, colour).toBeGreaterThanOrEqual(
        colour === 'blue' ? 1 : 2,
      );
  });

  it('finds by wishes and refuses unknown names', () => {
    expect(formsWhere({ kind: 'beetle', colour: 'green' }).map(({ form }) => form.id)).toEqual(['beetle-green']);
    expect(
      formsWhere({ target: 'aphid', stage: 'nymph' })
        .map(({ form }) => form.colour)
        .toSorted(),
    ).toEqual(['black', 'green', 'pink', 'yellow']);
    expect(formsWhere({ colour: 'no colour' })).toEqual([]);
    expect(speciesNamed('stink bug').target).toBe('bug');
    expect(thingsWhere({ kind: 'hand', target: null }).length).toBeGreaterThan(4);
    expect(() => speciesNamed('unicorn')).toThrow("no species 'unicorn' in the catalogue");
  });

  it('never counts a printed word as what it names', () => {
    const printed = THINGS.filter((thing) => thing.words !== undefined);
    const words = printed.map((thing) => (thing.words ?? '').toLowerCase()).join(' ');
    expect(printed.map((thing) => thing.target)).toEqual(printed.map(() => null));
    for (const pest of ['aphid', 'whitefly', 'beetle', 'weevil', 'moth', 'caterpillar', 'ladybird', 'leaf rust'])
      expect(words).toContain(pest);
  });
});

describe('a figure', () => {
  it('is the same for the same arguments, and comes back after one cycle of its gait', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...FORMS),
        fc.integer({ min: 12, max: 300 }),
        fc.double({ min: -7, max: 7, noNaN: true }),
        fc.integer({ min: 0, max: 5 }),
        fc.nat(1000),
        ({ form }, length, heading, step, individual) => {
          const figure = form.draw(length, heading, step / 6, individual);
          expect(form.draw(length, heading, step / 6, individual)).toEqual(figure);
          const later = form.draw(length, heading, 1 + step / 6, individual);
          for (const [index, point] of later.outline.entries()) {
            expect(point.x).toBeCloseTo(figure.outline[index]?.x ?? Number.NaN, 6);
            expect(point.y).toBeCloseTo(figure.outline[index]?.y ?? Number.NaN, 6);
          }
        },
      ),
      { numRuns: 60 },
    );
  });

  it('grows with its length and turns with its heading', () => {
    for (const { form } of FORMS) {
      const [small, large] = [form.draw(40, 0, 0), form.draw(80, Math.PI, 0)];
      const [before, after] = [boundsOf(small.outline), boundsOf(large.outline)];
      expect(after.width, form.id).toBeCloseTo(before.width * 2, 4);
      expect(after.height, form.id).toBeCloseTo(before.height * 2, 4);
      expect(after.x, form.id).toBeCloseTo(-2 * (before.x + before.width), 4);
    }
  });

  it('moves its legs or its wings', () => {
    for (const { form } of FORMS.filter(({ form: { posture } }) => posture !== 'resting'))
      expect(form.draw(100, 0, 0.25).body, form.id).not.toEqual(form.draw(100, 0, 0.75).body);
  });

  it('differs a little from one individual to the next', () => {
    for (const { form } of FORMS) {
      const bodies = new Set([0, 1, 2, 3].map((individual) => form.draw(60, 0, 0, individual).body));
      expect(bodies.size, form.id).toBe(4);
    }
  });

  it('prints no text that would depend on the fonts of a machine', () => {
    for (const thing of THINGS) expect(thing.draw(100, 0, 1).body, thing.id).not.toContain('<text');
  });
});

describe('drawn pixels', () => {
  const inks = new Map<string, { readonly figure: Figure; readonly ink: Ink }>();
  beforeAll(async () => {
    for (const { form } of FORMS) {
      const figure = form.draw(90, 0.4, 0.2);
      inks.set(form.id, { figure, ink: await inkOf(figure) });
    }
  }, 120_000);

  it('stay within the reach of the figure', () => {
    const beyond = [...inks].flatMap(([id, { ink, figure }]) => {
      const [all, reach] = [inked(ink, 40), boundsOf(figure.reach)];
      const over = Math.max(
        reach.x - all.x,
        reach.y - all.y,
        all.x + all.width - reach.x - reach.width,
        all.y + all.height - reach.y - reach.height,
      );
      return over > 3 ? [`${id}: ${over.toFixed(1)} beyond its reach`] : [];
    });
    expect(beyond).toEqual([]);
  });

  it('fill the box that the truth draws around the outline', () => {
    const loose = [...inks].flatMap(([id, { ink, figure }]) => {
      const [all, box] = [inked(ink, 24), boundsOf(figure.outline)];
      const gap = Math.max(
        all.x - box.x,
        all.y - box.y,
        box.x + box.width - all.x - all.width,
        box.y + box.height - all.y - all.height,
      );
      return gap > 5 ? [`${id}: ${gap.toFixed(1)} empty at a side of its box`] : [];
    });
    expect(loose).toEqual([]);
  });

  it('have the colour that the caption will name', () => {
    const wrong = FORMS.filter(({ form }) => form.posture !== 'flying').flatMap(({ form }) => {
      const mean = meanColour(inks.get(form.id)?.ink as Ink);
      const { r, g, b } = { r: Math.round(mean.r), g: Math.round(mean.g), b: Math.round(mean.b) };
      return MEANINGS[form.colour]?.(mean) ? [] : [`${form.id}: ${r} ${g} ${b}`];
    });
    expect(wrong).toEqual([]);
  });

  it('are there for every thing at 24 and at 240 units', async () => {
    for (const thing of THINGS)
      for (const length of [24, 240]) {
        const ink = await inkOf(thing.draw(length, 0.3, 5));
        const { width, height } = inked(ink, 10);
        expect(Math.max(width, height), `${thing.id} at ${length}`).toBeGreaterThan(length * 0.6);
        expect(Math.max(width, height), `${thing.id} at ${length}`).toBeLessThan(length * 1.6);
      }
  }, 120_000);
});
