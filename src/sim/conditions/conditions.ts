import type { Condition } from './condition.js';
import { dappledSun, dirtyGlass, flashLight, sideLight, wetVeil } from './light-map.js';
import { rainOnLens } from './rain.js';

const FAIR: Omit<Condition, 'name' | 'title'> = {
  grade: null,
  shadow: 1,
  lightMap: null,
  lens: null,
  shake: null,
  noise: 2.4,
  quality: 86,
};

const PLAIN = { exposure: 1, saturation: 1, tint: [1, 1, 1], contrast: 1, lift: 0 } as const;

const CONDITIONS: readonly Condition[] = [
  { ...FAIR, name: 'day', title: 'Fair daylight, a steady camera, clean glass' },
  {
    ...FAIR,
    name: 'sun',
    title: 'Hard sun through foliage, with deep shadows',
    grade: { ...PLAIN, exposure: 1.12, saturation: 1.08, tint: [1.07, 1.01, 0.88], contrast: 1.16 },
    shadow: 1.35,
    lightMap: dappledSun,
  },
  {
    ...FAIR,
    name: 'overcast',
    title: 'A grey sky: flat, cool light',
    grade: { ...PLAIN, exposure: 0.94, saturation: 0.68, tint: [0.95, 1, 1.06], contrast: 0.82, lift: 12 },
    shadow: 0.45,
    noise: 2.8,
  },
  {
    ...FAIR,
    name: 'dusk',
    title: 'The last light, from one side',
    grade: { ...PLAIN, exposure: 0.6, saturation: 0.82, tint: [1.12, 0.9, 0.98], contrast: 1.04, lift: 6 },
    shadow: 0.7,
    lightMap: sideLight,
    noise: 6,
  },
  {
    ...FAIR,
    name: 'night',
    title: 'Night, lit by a flash beside the lens',
    grade: { ...PLAIN, exposure: 1.06, saturation: 0.9, tint: [0.97, 1, 1.06], contrast: 1.24 },
    shadow: 1.5,
    lightMap: flashLight,
    noise: 4.5,
  },
  {
    ...FAIR,
    name: 'rain',
    title: 'Rain drops on the lens',
    grade: { ...PLAIN, exposure: 0.9, saturation: 0.8, tint: [0.95, 1, 1.05], contrast: 0.92, lift: 6 },
    shadow: 0.55,
    lightMap: wetVeil,
    lens: rainOnLens,
    noise: 3,
  },
  { ...FAIR, name: 'dirt', title: 'Dust and smears on the lens', lightMap: dirtyGlass },
  { ...FAIR, name: 'motion-blur', title: 'Wind shakes the camera', shake: { reach: 15 } },
  {
    ...FAIR,
    name: 'noise',
    title: 'Strong sensor noise',
    grade: { ...PLAIN, exposure: 0.86, saturation: 0.9 },
    noise: 19,
  },
  { ...FAIR, name: 'jpeg', title: 'JPEG artefacts: quality 9', quality: 9 },
  {
    ...FAIR,
    name: 'overexposed',
    title: 'Two stops too bright',
    grade: { ...PLAIN, exposure: 1.95, saturation: 0.95, lift: 14 },
  },
  {
    ...FAIR,
    name: 'underexposed',
    title: 'Two stops too dark',
    grade: { ...PLAIN, exposure: 0.33, saturation: 0.9 },
    noise: 5,
  },
];

export function conditions(): readonly Condition[] {
  return CONDITIONS;
}

export function conditionNames(): readonly string[] {
  return CONDITIONS.map((condition) => condition.name);
}

export function conditionNamed(name: string): Condition | undefined {
  return CONDITIONS.find((condition) => condition.name === name);
}
