import sharp from 'sharp';
import type { Detection, RgbImage } from '../types.js';

/** Hues that stay apart for people who see colours differently (Okabe and Ito 2008). */
const COLOURS = ['#E69F00', '#56B4E9', '#009E73', '#F0E442', '#0072B2', '#D55E00', '#CC79A7'];

/** The picture with a box and a label for each detection, as JPEG. */
export async function annotate(image: RgbImage, detections: readonly Detection[]): Promise<Buffer> {
  const unit = Math.max(14, Math.round(Math.max(image.width, image.height) / 55));
  const targets = [...new Set(detections.map((detection) => detection.target))].sort();
  const marks = [...detections].reverse().map((detection) => {
    const colour = COLOURS[targets.indexOf(detection.target) % COLOURS.length] as string;
    return mark(detection, colour, unit, image.width);
  });
  const overlay = `<svg xmlns="http://www.w3.org/2000/svg" width="${image.width}" height="${image.height}">${marks.join('')}</svg>`;
  return sharp(image.data, { raw: { width: image.width, height: image.height, channels: 3 }, limitInputPixels: false })
    .composite([{ input: Buffer.from(overlay) }])
    .jpeg({ quality: 88 })
    .toBuffer();
}

function mark({ box, target, score, similarity }: Detection, colour: string, unit: number, frameWidth: number): string {
  const label = `${target} ${score === null ? `cos ${similarity.toFixed(2)}` : `${Math.round(score * 100)} %`}`;
  const width = Math.ceil(label.length * unit * 0.62 + unit * 0.6);
  const height = Math.ceil(unit * 1.45);
  const x = Math.max(0, Math.min(box.x, frameWidth - width));
  const y = box.y >= height ? box.y - height : box.y;
  const stroke = Math.max(2, Math.round(unit / 6));
  return [
    `<rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" fill="none" stroke="#000" stroke-opacity="0.6" stroke-width="${stroke + 2}"/>`,
    `<rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" fill="none" stroke="${colour}" stroke-width="${stroke}"/>`,
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" fill="${colour}"/>`,
    `<text x="${x + unit * 0.3}" y="${y + unit * 1.08}" font-family="DejaVu Sans Mono, Menlo, monospace" font-size="${unit}" fill="#000">${escapeXml(label)}</text>`,
  ].join('');
}

function escapeXml(text: string): string {
  return text.replace(/[<>&"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
