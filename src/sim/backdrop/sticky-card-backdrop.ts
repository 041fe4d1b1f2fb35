import type { RgbImage } from '../../types.js';
import { n } from '../figure.js';
import { FIELD, smoothstep, type View } from '../geometry.js';
import { cloudNoise, smoothNoise } from '../noise.js';
import { between, mixSeed, type Random, randomFrom } from '../random.js';
import { eachPixel, fieldSvg, lightAt, rasterGrey, rasterRgb, soften, toLevel } from './relief.js';
import { CARD, CARD_TURN_DEG } from './sticky-card-plan.js';

/** A yellow card with a printed grid under glue, hung among plants; nothing has flown into it yet. */
export async function paintStickyCard(seed: number, view: View): Promise<RgbImage> {
  const random = randomFrom(mixSeed(seed, 0x57c4));
  const turn = `transform="rotate(${CARD_TURN_DEG} ${FIELD.width / 2} ${FIELD.height / 2})"`;
  const shape = `<rect x="${CARD.left}" y="${CARD.top}" width="${CARD.width}" height="${CARD.height}" rx="${CARD.corner}"/>`;
  const [greenhouse, card, cover, blobs] = await Promise.all([
    rasterRgb(fieldSvg(view, behind(random), '#2f4a2c'), 9 * view.scale),
    rasterRgb(fieldSvg(view, `<g ${turn}>${print(shape)}</g>`)),
    rasterGrey(fieldSvg(view, `<g ${turn} fill="#fff">${shape}<circle cx="640" cy="58" r="9" fill="#000"/></g>`)),
    rasterGrey(fieldSvg(view, `<g ${turn}>${glueBlobs(random)}</g>`)),
  ]);
  const shadow = await soften(cover, view.frame, 12 * view.scale);
  const glue = await soften(blobs, view.frame, 2.2 * view.scale);
  const { width } = view.frame;
  const heights = new Float32Array(glue.length);
  await eachPixel(view, (index, x, y) => {
    // Rolled on from left to right: long ripples, a few thick places, bubbles.
    heights[index] =
      2.6 * (glue[index] as number) +
      3.4 * cloudNoise(x / 190, y / 34, seed + 3) +
      1.1 * cloudNoise(x / 26, y / 11, seed + 4) +
      11 * cloudNoise(x / 420, y / 330, seed + 5);
  });
  const { data } = card;
  await eachPixel(view, (index, x, y) => {
    const share = cover[index] as number;
    const { diffuse, shine } = lightAt(heights, index, width, view.scale, 30);
    const lamp = smoothstep(1, 0, Math.hypot((x - 400) / 760, (y - 190) / 430));
    const glare = 235 * shine * lamp * smoothstep(0.25, 0.7, cloudNoise(x / 240, y / 90, seed + 9));
    const dust = smoothNoise(x / 1.8, y / 1.8, seed + 12) > 0.965 ? 0.8 : 1;
    const light = (0.62 + 0.36 * diffuse) * dust * (0.96 + 0.12 * lamp);
    const fallen = index - Math.round(16 * view.scale) * width - Math.round(11 * view.scale);
    const shade = 1 - 0.6 * (fallen >= 0 ? (shadow[fallen] as number) : 0);
    for (let channel = 0; channel < 3; channel += 1) {
      const lit = (data[index * 3 + channel] as number) * light + glare;
      const far = (greenhouse.data[index * 3 + channel] as number) * shade;
      data[index * 3 + channel] = toLevel(lit * share + far * (1 - share));
    }
  });
  return card;
}

/** The print: squares to count by, a frame, rulers along two edges. */
function print(shape: string): string {
  const { left, top, width, height, cell } = CARD;
  const columns = Math.floor((width - 46) / cell);
  const rows = Math.floor((height - 46) / cell);
  const [x0, y0] = [left + (width - columns * cell) / 2, top + (height - rows * cell) / 2];
  const lines = [
    ...Array.from({ length: columns + 1 }, (_, index) => `M${n(x0 + index * cell)} ${n(y0)}V${n(y0 + rows * cell)}`),
    ...Array.from({ length: rows + 1 }, (_, index) => `M${n(x0)} ${n(y0 + index * cell)}H${n(x0 + columns * cell)}`),
  ];
  const ticks = Array.from({ length: columns * 5 }, (_, index) => {
    const x = x0 + (index * cell) / 5;
    return `M${n(x)} ${n(y0 + rows * cell)}v${index % 5 === 0 ? 9 : 5}`;
  });
  return [
    '<defs><linearGradient id="card" x1="0" y1="0" x2="1" y2="1"><stop offset="0" stop-color="#ffe23c"/><stop offset="0.55" stop-color="#f7d21f"/><stop offset="1" stop-color="#e2b50f"/></linearGradient></defs>',
    `<g fill="url(#card)" stroke="#b98f0a" stroke-width="2">${shape}</g>`,
    `<path d="${lines.join('')}${ticks.join('')}" fill="none" stroke="#4a3d08" stroke-opacity="0.55" stroke-width="1.5"/>`,
    '<circle cx="640" cy="58" r="12" fill="none" stroke="#8d6c08" stroke-width="3"/>',
  ].join('');
}

function glueBlobs(random: Random): string {
  return Array.from({ length: 90 }, () => {
    const small = random() < 0.93;
    const radius = small ? between(random, 1.5, 4) : between(random, 5, 12);
    const [x, y] = [
      between(random, CARD.left + 20, CARD.left + CARD.width - 20),
      between(random, CARD.top + 20, CARD.top + CARD.height - 20),
    ];
    return `<ellipse cx="${n(x)}" cy="${n(y)}" rx="${n(radius * 1.3)}" ry="${n(radius)}" fill="#fff" fill-opacity="${n(between(random, 0.25, 0.7))}"/>`;
  }).join('');
}

/** Tomato rows far behind the card. */
function behind(random: Random): string {
  const greens = ['#27431f', '#3f6a2e', '#5d8c40', '#1d331b', '#7ba856', '#c9d8b0'];
  return Array.from({ length: 130 }, () => {
    const [x, y] = [between(random, -60, FIELD.width + 60), between(random, -60, FIELD.height + 60)];
    const green = greens[Math.floor(random() * greens.length)] as string;
    return `<ellipse cx="${n(x)}" cy="${n(y)}" rx="${n(between(random, 16, 74))}" ry="${n(between(random, 8, 30))}" transform="rotate(${n(between(random, 0, 180))} ${n(x)} ${n(y)})" fill="${green}" fill-opacity="0.85"/>`;
  }).join('');
}
