import { hull, type XY } from '../drawing/curves.js';
import { type Drawing, formOf } from '../drawing/posed.js';
import { type Coat, dome, dots, inside, line, radial, scattered, shine } from '../drawing/skin.js';
import { type Figure, n } from '../figure.js';
import { lattice } from '../noise.js';
import type { Species } from '../species.js';

/** A shell that never moves: a little dome with a worn rim and rings of growth around its first skin. */
function scaleDrawing(coat: Coat, cap: string, slenderness: number): Drawing {
  return (light, _gait, individual): Figure => {
    const shell = hull(
      Array.from({ length: 13 }, (_, index): XY => {
        const angle = (index / 12) * Math.PI;
        const wear = 1 + 0.05 * (lattice(index, 5, individual + 9) - 0.5);
        return [48 * Math.cos(angle) * wear, index === 0 || index === 12 ? 0 : slenderness * Math.sin(angle) * wear];
      }),
    );
    const rings = [0.86, 0.7, 0.54, 0.4]
      .map(
        (share) =>
          `<ellipse cx="${n(6 * (1 - share))}" cy="0" rx="${n(48 * share)}" ry="${n(slenderness * share)}" fill="none" stroke="${coat.rim}" stroke-width="1.3" stroke-opacity="0.35"/><ellipse cx="${n(6 * (1 - share) - light.x)}" cy="${n(-light.y)}" rx="${n(48 * share)}" ry="${n(slenderness * share)}" fill="none" stroke="${coat.lit}" stroke-width="0.9" stroke-opacity="0.45"/>`,
      )
      .join('');
    return {
      defs: '',
      body: [
        dome('shell', shell, coat, light),
        inside(
          'growth',
          shell,
          rings +
            dots(scattered(shell, 70, individual + 3, 46, -46), coat.rim, 1.6, 0.3) +
            line(shell.path, coat.lit, 4, 0.35),
        ),
        radial('cap', [0.5 + light.x * 0.2, 0.5 + light.y * 0.2], 0.6, [
          [0, cap],
          [1, coat.dark],
        ]),
        `<ellipse cx="7" cy="0" rx="13" ry="${n(slenderness * 0.28)}" fill="url(#cap)"/>`,
        shine(light.x * 18, light.y * slenderness * 0.5, 16, slenderness * 0.28, 0.65),
        shine(light.x * 20, light.y * slenderness * 0.55, 5, slenderness * 0.09, 0.9),
      ].join(''),
      silhouette: `<path d="${shell.path}"/>`,
      outline: shell.rim,
      reach: shell.rim.map(({ x, y }) => ({ x: x * 1.02, y: y * 1.02 })),
    };
  };
}

const LOOKS: readonly (readonly [string, Coat, string, number])[] = [
  ['brown', { lit: '#cf9a64', mid: '#8c5a32', dark: '#54331a', rim: '#24140a' }, '#d8a870', 37],
  ['red', { lit: '#e0876a', mid: '#a8412e', dark: '#6c2018', rim: '#300a06' }, '#e09a76', 44],
  ['grey', { lit: '#e2ded4', mid: '#aaa59a', dark: '#706b62', rim: '#36332e' }, '#d8b070', 30],
  ['white', { lit: '#ffffff', mid: '#e8e4dc', dark: '#b4aea2', rim: '#6e685e' }, '#e0b070', 42],
  ['black', { lit: '#77706c', mid: '#332e2c', dark: '#191615', rim: '#050404' }, '#6e645e', 40],
];

export const SCALE_INSECT: Species = {
  target: 'scale-insect',
  kind: 'scale insect',
  forms: LOOKS.map(([colour, coat, cap, slenderness]) =>
    formOf({
      id: `scale-insect-${colour}`,
      colour,
      stage: 'adult',
      posture: 'resting',
      lengthMm: { min: 1.2, max: 4.5 },
      lengthRange: { min: 26, max: 50 },
      thickness: 0.13,
      drawing: scaleDrawing(coat, cap, slenderness),
    }),
  ),
};
