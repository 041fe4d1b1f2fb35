import { describe, expect, it } from 'vitest';
import { Warnings } from '../../src/telemetry/warnings.js';

describe('Warnings', () => {
  it('logs each line when it is new, and again when it comes back', () => {
    const logged: string[] = [];
    const warnings = new Warnings((line) => logged.push(line));
    for (const lines of [['a', 'b'], ['b', 'c'], [], ['b']]) warnings.replace('camera leaf', lines);
    expect(logged).toEqual(['a', 'b', 'c', 'b']);
  });

  it('forgets what a source says no more, and leaves the other sources alone', () => {
    const warnings = new Warnings(() => undefined);
    warnings.replace('camera leaf', ['too small', 'a negation']);
    warnings.replace('camera trap', ['a negation']);
    warnings.add('model', 'no licence');
    expect(warnings.lines).toEqual(['too small', 'a negation', 'no licence']);
    warnings.replace('camera leaf', []);
    expect(warnings.lines).toEqual(['a negation', 'no licence']);
  });

  it('keeps the newest of a source that never ends', () => {
    const logged: string[] = [];
    const warnings = new Warnings((line) => logged.push(line));
    for (let i = 0; i < 100; i += 1) warnings.add('model', `cut prompt ${i}`);
    expect(warnings.lines).toHaveLength(20);
    expect(warnings.lines.at(-1)).toBe('cut prompt 99');
    expect(logged).toHaveLength(100);
  });
});
