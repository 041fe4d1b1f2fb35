import type { DeviceProfile } from './device-profile.js';

/** `full`: as configured; `slow`: fewer frames; `paused`: none. */
export type ThermalStep = 'full' | 'slow' | 'paused';

type ThermalLimits = DeviceProfile['thermal'];

/**
 * The next step from the present one and the hottest zone. It goes up at once and comes down with a distance, so that a board that
 * cools a little does not swing: from `paused` to `slow` below `slowAtC`, to `full` below `resumeBelowC` only.
 * @param hottestC degrees; null where nothing is known that would slow it down.
 */
export function nextStep(step: ThermalStep, hottestC: number | null, limits: ThermalLimits): ThermalStep {
  if (hottestC === null || hottestC < limits.resumeBelowC) return 'full';
  if (hottestC >= limits.pauseAtC) return 'paused';
  if (hottestC >= limits.slowAtC) return step === 'paused' ? 'paused' : 'slow';
  return step === 'full' ? 'full' : 'slow';
}

/** The hottest of the zones that count (all where none is named), with its name. */
export function hottest(
  temperaturesC: Readonly<Record<string, number>>,
  zones: readonly string[],
): { readonly zone: string; readonly celsius: number } | null {
  const counted = Object.entries(temperaturesC).filter(
    ([zone]) => zones.length === 0 || zones.some((name) => zone.toLowerCase().includes(name.toLowerCase())),
  );
  const [first, ...others] = counted;
  if (!first) return null;
  const [zone, celsius] = others.reduce((a, b) => (b[1] > a[1] ? b : a), first);
  return { zone, celsius };
}
