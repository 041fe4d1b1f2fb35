import { lattice } from '../noise.js';

/**
 * The same drawing in slightly other colours, so that no two of a kind are alike. Colours of six digits are the
 * animal's own and change; those of three (`#fff`, `#000`) are light and shadow and stay.
 */
export function tinted(svg: string, individual: number): string {
  if (individual === 0) return svg;
  const own = (channel: number) => 2 * lattice(individual, channel, 0x7137) - 1;
  const [hue, richness, brightness] = [own(1) * 7, 1 + own(2) * 0.14, 1 + own(3) * 0.1];
  const known = new Map<string, string>();
  return svg.replace(/#[0-9a-f]{6}\b/g, (colour) => {
    const tint = known.get(colour) ?? shifted(colour, hue, richness, brightness);
    known.set(colour, tint);
    return tint;
  });
}

/** @param hue degrees to turn; richness and brightness are factors. */
function shifted(colour: string, hue: number, richness: number, brightness: number): string {
  const [r, g, b] = [1, 3, 5].map((from) => Number.parseInt(colour.slice(from, from + 2), 16)) as [
    number,
    number,
    number,
  ];
  const grey = 0.299 * r + 0.587 * g + 0.114 * b;
  // A turn in the plane of the two colour differences (YIQ) keeps the brightness as the eye sees it.
  const angle = (hue * Math.PI) / 180;
  const i = 0.596 * r - 0.274 * g - 0.322 * b;
  const q = 0.211 * r - 0.523 * g + 0.312 * b;
  const turnedI = (i * Math.cos(angle) - q * Math.sin(angle)) * richness;
  const turnedQ = (i * Math.sin(angle) + q * Math.cos(angle)) * richness;
  return `#${[
    grey + 0.956 * turnedI + 0.621 * turnedQ,
    grey - 0.272 * turnedI - 0.647 * turnedQ,
    grey - 1.106 * turnedI + 1.703 * turnedQ,
  ]
    .map((value) =>
      Math.min(255, Math.max(0, Math.round(value * brightness)))
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}

/** Between two colours of six digits. @param share 0 is the first, 1 the second. */
export function mixed(from: string, to: string, share: number): string {
  const channel = (colour: string, at: number) => Number.parseInt(colour.slice(at, at + 2), 16);
  return `#${[1, 3, 5]
    .map((at) =>
      Math.round(channel(from, at) + (channel(to, at) - channel(from, at)) * share)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}
