import { describe, expect, it } from 'vitest';
import { configSchema } from '../../src/config/schema.js';
import { parseYaml } from '../../src/yaml-file.js';

const load = (settings: string) =>
  parseYaml(`cameras:\n  - id: a\n${settings.replace(/^/gm, '    ')}\n`, 'f.yaml', configSchema, 'CONFIG_INVALID')
    .cameras[0];

describe("a camera's settings", () => {
  it.each([
    [
      'focus for a Jetson camera',
      'source: argus:0\nsensor:\n  gain: 2\n  focus: auto',
      'f.yaml:6:7: cameras.0.sensor.focus: an "argus:" camera has no focus that could be set: leave it out and focus the lens by hand.',
    ],
    [
      'a distance for a Jetson camera',
      'source: argus:0\nsensor:\n  focusDioptres: 10',
      'f.yaml:5:7: cameras.0.sensor.focusDioptres: an "argus:" camera has no focus that could be set: leave it out and focus the lens by hand.',
    ],
    [
      'a sensor for a network camera',
      'source: rtsp://camera/1\nsensor:\n  exposureUs: 9000',
      'f.yaml:5:7: cameras.0.sensor.exposureUs: a "rtsp:" camera takes no settings of the sensor: set them in the camera itself; only v4l2, argus, libcamera do.',
    ],
    ['two ways to focus', 'source: libcamera:0\nsensor: {focus: auto, focusDioptres: 2}', 'not both'],
    ['half a size', 'source: libcamera:0\nsensor: {widthPx: 640}', 'widthPx and heightPx go together'],
    ['a slanted camera', 'source: sim:leaf\nrotate: 45', 'cameras.0.rotate: '],
    [
      'a crop in shares that leaves the picture',
      'source: sim:leaf\ncrop: {x: 0.5, y: 0, width: 0.6, height: 1}',
      'cameras.0.crop: in shares x \\+ width and y \\+ height are at most 1; for pixels set "unit: px"',
    ],
    ['a crop without an area', 'source: sim:leaf\ncrop: {x: 0, y: 0, width: 0, height: 1}', 'cameras.0.crop.width: '],
    ['a mask with two corners', 'source: sim:leaf\nmasks: [[[0, 0], [1, 1]]]', 'cameras.0.masks.0: '],
    [
      'a mask in pixels',
      'source: sim:leaf\nmasks: [{x: 0, y: 0, width: 200, height: 100}]',
      'cameras.0.masks.0.width: .*<=1',
    ],
    ['a schedule that says nothing', 'source: sim:leaf\nschedule: {burst: 3}', 'set sunAboveDegrees, cron or both'],
    ['a cron pattern that is none', 'source: sim:leaf\nschedule: {cron: daily}', 'schedule.cron: not a cron pattern'],
    ['a cron pattern that never comes', 'source: sim:leaf\nschedule: {cron: "0 0 31 2 *"}', 'cron pattern that ever'],
    ['a schedule for pictures that are there', 'source: folder:/a\nschedule: {cron: "0 * * * *"}', 'takes no pictures'],
    [
      'daylight without a place',
      'source: sim:leaf\nschedule: {sunAboveDegrees: 0}',
      'set site.latitude and site.longitude',
    ],
  ])('refuse %s in one line', (_, settings, message) => {
    expect(() => load(settings)).toThrow(
      expect.objectContaining({ code: 'CONFIG_INVALID', message: expect.stringMatching(message) as string }),
    );
  });

  it('take a crop in pixels or in shares, rectangles and polygons as masks, and all of the sensor where it has all', () => {
    const pixels = load('source: sim:leaf\ncrop: {x: 100, y: 0, width: 640, height: 480, unit: px}');
    expect(pixels?.crop).toEqual({ x: 100, y: 0, width: 640, height: 480, unit: 'px' });
    const shares = load('source: sim:leaf\ncrop: {x: 0.1, y: 0, width: 0.9, height: 1}');
    expect(shares?.crop).toMatchObject({ unit: 'share' });
    const masks = '[{x: 0, y: 0, width: 0.3, height: 0.2}, [[0.8, 0.8], [1, 0.8], [1, 1]]]';
    expect(load(`source: sim:leaf\nrotate: 270\nmasks: ${masks}`)).toMatchObject({
      rotate: 270,
      masks: [
        { x: 0, y: 0, width: 0.3, height: 0.2 },
        [
          [0.8, 0.8],
          [1, 0.8],
          [1, 1],
        ],
      ],
      pictureChecks: { black: true, green: true, frozen: true, frozenFrames: 10, frozenAfterMs: 60_000 },
    });
    expect(load('source: v4l2:/dev/video0\nsensor: {gain: 2, focusDioptres: 4}')?.sensor).toEqual({
      gain: 2,
      focusDioptres: 4,
    });
  });
});
