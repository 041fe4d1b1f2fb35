import { blob, closedCurve, openCurve, type XY, xy } from '../drawing/curves.js';
import { type Drawing, thingOf } from '../drawing/posed.js';
import { dots, fill, line, radial } from '../drawing/skin.js';
import type { Figure } from '../figure.js';
import { ellipseRim } from '../geometry.js';
import { lattice } from '../noise.js';
import type { Thing } from '../species.js';

const SOFT =
  '<filter id="soft" x="-30%" y="-30%" width="160%" height="160%"><feGaussianBlur stdDeviation="3"/></filter>';

/** In the leaf's own surface: no shadow falls from it. */
function flat(body: string): Figure {
  const rim = ellipseRim(0, 0, 50, 42);
  return { defs: '', body, silhouette: '', outline: rim, reach: rim.map(({ x, y }) => ({ x: x * 1.16, y: y * 1.16 })) };
}

/** Places that crowd towards the middle. */
function cluster(count: number, seed: number): readonly XY[] {
  return Array.from({ length: count }, (_, index): XY => {
    const angle = lattice(index, 1, seed) * 2 * Math.PI;
    const away = lattice(index, 2, seed) ** 0.75;
    return [Math.cos(angle) * away * 46, Math.sin(angle) * away * 38];
  });
}

/** Uneven patch around a place. */
function patch([x, y]: XY, radius: number, corners: number, roughness: number, seed: number): readonly XY[] {
  return Array.from({ length: corners }, (_, corner): XY => {
    const angle = (corner / corners) * 2 * Math.PI;
    const far = radius * (1 + roughness * (lattice(corner, Math.round(x * 7), seed) - 0.5));
    return [x + Math.cos(angle) * far, y + Math.sin(angle) * far];
  });
}

/** Powdery orange pustules, each torn open in a yellow halo. */
function rust(colours: readonly [halo: string, dark: string, mid: string, lit: string]): Drawing {
  const [halo, dark, mid, lit] = colours;
  return (light, _gait, individual) => {
    const spots = cluster(26, individual + 3);
    const big = spots.filter((_, index) => index % 3 === 0);
    const small = spots.filter((_, index) => index % 3 !== 0);
    const raised = (places: readonly XY[], by: number) =>
      places.map(([x, y]): XY => [x + light.x * by, y + light.y * by]);
    const dust = cluster(90, individual + 7);
    return flat(
      [
        SOFT,
        `<g filter="url(#soft)">${dots(spots, halo, 15, 0.5)}</g>`,
        dots(dust, mid, 1.1, 0.6),
        dots(raised(big, -1.2), '#1e0c04', 8.4, 0.4),
        dots(big, dark, 8),
        dots(raised(big, 0.6), mid, 6),
        dots(raised(big, 1.4), lit, 2.8, 0.9),
        dots(raised(small, -0.8), '#1e0c04', 5, 0.4),
        dots(small, dark, 4.6),
        dots(raised(small, 0.5), mid, 3.2),
        dots(raised(small, 0.9), lit, 1.4, 0.9),
      ].join(''),
    );
  };
}

/** Brown patches with straight sides, as veins stop them: angular leaf spot. */
const angular: Drawing = (_light, _gait, individual) => {
  const seats: readonly XY[] = xy([-20, -12, 10, -20, 24, 8, -6, 14, -32, 12, 2, -2]);
  const cells = seats.map(([x, y], index) =>
    patch(
      [x + 5 * lattice(index, 5, individual), y],
      11 + 6 * lattice(index, 3, individual),
      5,
      0.7,
      individual + index,
    ),
  );
  const polygon = (places: readonly XY[]) =>
    `M${places.map(([x, y]) => `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`).join('L')}Z`;
  const path = cells.map(polygon).join('');
  return flat(
    [
      SOFT,
      `<g filter="url(#soft)">${line(path, '#cfc850', 6, 0.5)}</g>`,
      `<path d="${path}" fill="#7a5a38" fill-opacity="0.92" stroke="#4a2e18" stroke-width="1.6" stroke-linejoin="round"/>`,
      dots(
        seats.map(([x, y]): XY => [x + 2, y]),
        '#a88a62',
        9,
        0.5,
      ),
      dots(
        cluster(60, individual + 9).filter(([x, y]) => seats.some(([sx, sy]) => Math.hypot(x - sx, y - sy) < 9)),
        '#2c1a0e',
        1.2,
        0.7,
      ),
    ].join(''),
  );
};

/** Round spots with a pale middle, a dark ring and a yellow halo, as cercospora makes them. */
const eyeSpot: Drawing = (_light, _gait, individual) => {
  const seats: readonly (readonly [number, number, number])[] = [
    [-4, -2, 26],
    [30, 18, 11],
    [28, -24, 9],
    [-34, 22, 8],
  ];
  return flat(
    [
      SOFT,
      ...seats.map(([x, y, radius], index) => {
        const ring = (share: number, salt: number) =>
          closedCurve(patch([x, y], radius * share, 11, 0.22, individual + salt + index));
        return [
          `<g filter="url(#soft)">${fill(ring(1.25, 1), '#e2d858', 0.6)}</g>`,
          fill(ring(1, 2), '#5a3216'),
          fill(ring(0.84, 2), '#8c5c32'),
          line([0.74, 0.6, 0.46].map((share) => ring(share, 3)).join(''), '#5e3a1c', 1, 0.6),
          fill(ring(0.4, 4), '#cdbb98'),
          fill(ring(0.2, 5), '#ece2cc', 0.8),
        ].join('');
      }),
      dots(
        cluster(26, individual + 2).map(([x, y]): XY => [x * 0.3 - 4, y * 0.3 - 2]),
        '#2c1a10',
        1.2,
        0.6,
      ),
    ].join(''),
  );
};

/** White powder in soft patches, thickest in the middle. */
const mildew: Drawing = (_light, _gait, individual) => {
  const places = cluster(90, individual + 5);
  const heart = places.map(([x, y]): XY => [x * 0.66, y * 0.66]);
  return flat(
    [
      SOFT,
      radial('film', [0.5, 0.5], 0.5, [
        [0, '#ffffff', 0.75],
        [0.55, '#f6f7f2', 0.5],
        [1, '#f2f4ee', 0],
      ]),
      `<g filter="url(#soft)">${fill(closedCurve(patch([0, 0], 44, 13, 0.5, individual)), 'url(#film)')}${dots(places, '#ffffff', 9, 0.35)}${dots(heart, '#ffffff', 8, 0.4)}</g>`,
      dots(places, '#ffffff', 1.5, 0.35),
      dots(heart, '#ffffff', 1.8, 0.35),
      dots(cluster(34, individual + 8), '#c2c8bc', 1.3, 0.5),
    ].join(''),
  );
};

/** A tunnel that winds and widens, with a line of droppings in its middle. */
const mine: Drawing = (_light, _gait, individual) => {
  const way = Array.from({ length: 26 }, (_, index): XY => {
    const share = index / 25;
    const swing = Math.sin(share * 9 + lattice(1, 1, individual) * 6);
    return [
      -46 + share * 92 + 5 * (lattice(index, 2, individual) - 0.5),
      swing * (6 + 24 * share) + 3 * (lattice(index, 3, individual) - 0.5),
    ];
  });
  const parts = [0, 1, 2, 3, 4].map((part) => ({
    path: openCurve(way.slice(part * 5, part * 5 + 7)),
    width: 2.4 + part * 1.5,
  }));
  return flat(
    [
      ...parts.map(({ path, width }) => line(path, '#5e7a34', width + 1.6, 0.45)),
      ...parts.map(({ path, width }) => line(path, '#ece8c8', width, 0.9)),
      ...parts.map(({ path, width }) => line(path, '#ffffff', width * 0.4, 0.35)),
      `<path d="${openCurve(way)}" fill="none" stroke="#4a4420" stroke-width="1.2" stroke-dasharray="1.6 2.4" stroke-opacity="0.75" stroke-linecap="round"/>`,
    ].join(''),
  );
};

/** A large dead patch that eats in from one side, ringed like a target. */
const blight: Drawing = (_light, _gait, individual) => {
  const ring = (share: number) => closedCurve(patch([0, 0], 44 * share, 14, 0.34, individual + 4));
  return flat(
    [
      SOFT,
      `<g filter="url(#soft)">${fill(ring(1.08), '#c9c44e', 0.7)}</g>`,
      fill(ring(0.96), '#6c4a28'),
      fill(ring(0.86), '#8f6a40'),
      `<g filter="url(#soft)">${line([0.8, 0.62, 0.42].map(ring).join(''), '#52351a', 4, 0.55)}${dots(
        cluster(22, individual + 11).map(([x, y]): XY => [x * 0.7, y * 0.8]),
        '#4a2e16',
        10,
        0.3,
      )}</g>`,
      dots(
        cluster(70, individual + 12).map(([x, y]): XY => [x * 0.78, y * 0.9]),
        '#2e1a0c',
        1.4,
        0.4,
      ),
      `<g filter="url(#soft)">${fill(ring(0.3), '#c2a67c', 0.7)}</g>`,
      line(blob(patch([0, 0], 30, 7, 1.2, individual + 6)).path, '#3c2612', 0.8, 0.35),
    ].join(''),
  );
};

const SPOTS: readonly (readonly [id: string, kind: string, colour: string, target: string, Drawing])[] = [
  ['rust-pustules', 'leaf rust', 'orange', 'leaf-rust', rust(['#e8d24a', '#8a3a10', '#d8701c', '#ffb45a'])],
  ['rust-pustules-brown', 'leaf rust', 'brown', 'leaf-rust', rust(['#d8cc5c', '#4a2410', '#8c4a20', '#c88a4e'])],
  ['angular-leaf-spot', 'leaf spot', 'brown', 'leaf-spot', angular],
  ['round-leaf-spot', 'leaf spot', 'brown', 'leaf-spot', eyeSpot],
  ['leaf-blight', 'leaf blight', 'brown', 'leaf-blight', blight],
  ['mildew-patch', 'powdery mildew', 'white', 'powdery-mildew', mildew],
  ['leaf-mine', 'leaf mine', 'pale', 'leaf-miner-damage', mine],
];

export const LEAF_DISEASES: readonly Thing[] = SPOTS.map(([id, kind, colour, target, drawing]) =>
  thingOf({ id, kind, colour, target, lengthRange: { min: 60, max: 150 }, thickness: 0, drawing }),
);
