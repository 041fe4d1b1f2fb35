/** @returns part of whole, 0 to 1; null where there is no case. */
export function ratio(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}

/** Harmonic mean of precision and recall, from the counts: 2 TP / (detections + truths); null where both are 0. */
export function f1(right: number, detections: number, truths: number): number | null {
  return ratio(2 * right, detections + truths);
}

/** @returns the mean of the values that are there; null where none is. */
export function meanOf(values: readonly (number | null)[]): number | null {
  const present = values.filter((value) => value !== null);
  return ratio(
    present.reduce((sum, value) => sum + value, 0),
    present.length,
  );
}
