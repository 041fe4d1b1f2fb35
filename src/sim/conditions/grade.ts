/** How colours change with the light. */
export interface Grade {
  /** Factor on the light before everything else. */
  readonly exposure: number;
  /** 1 leaves colours as they are, 0 is grey. */
  readonly saturation: number;
  /** Factors of red, green and blue. */
  readonly tint: readonly [number, number, number];
  /** 1 leaves it, above steepens around the middle. */
  readonly contrast: number;
  /** Levels added to the darkest parts, as haze does. */
  readonly lift: number;
}

/** Changes pixels in place. @param channels 3 (RGB) or 4 (RGBA, alpha stays). */
export function applyGrade(data: Uint8Array, channels: 3 | 4, grade: Grade): void {
  const curve = curveOf(grade);
  const { saturation, tint } = grade;
  for (let index = 0; index + 2 < data.length; index += channels) {
    const red = data[index] as number;
    const green = data[index + 1] as number;
    const blue = data[index + 2] as number;
    const grey = 0.299 * red + 0.587 * green + 0.114 * blue;
    data[index] = at(curve, (grey + (red - grey) * saturation) * tint[0]);
    data[index + 1] = at(curve, (grey + (green - grey) * saturation) * tint[1]);
    data[index + 2] = at(curve, (grey + (blue - grey) * saturation) * tint[2]);
  }
}

/** Above this every level is the brightest anyway. */
const CURVE_LENGTH = 512;

function at(curve: Uint8Array, level: number): number {
  return curve[level < 0 ? 0 : level >= CURVE_LENGTH ? CURVE_LENGTH - 1 : level | 0] as number;
}

function curveOf({ exposure, contrast, lift }: Grade): Uint8Array {
  return Uint8Array.from({ length: CURVE_LENGTH }, (_, level) => {
    const lit = (level / 255) * exposure;
    const steep = (lit - 0.42) * contrast + 0.42;
    // A soft shoulder: film and sensors do not clip all at once.
    const soft = steep > 0.82 ? 0.82 + 0.18 * Math.tanh((steep - 0.82) / 0.18) : steep;
    return Math.min(255, Math.max(0, Math.round(lift + (255 - lift) * soft)));
  });
}
