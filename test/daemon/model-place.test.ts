import { describe, expect, it } from 'vitest';
import { modelPlace } from '../../src/daemon/model-place.js';

describe('the place of a model', () => {
  it.each([
    ['scout-tiny', 'scout-tiny'],
    ['vit@1.0_b', 'vit@1.0_b'],
    ['./scout-tiny', '/farm/scout-tiny'],
    ['../models/scout', '/models/scout'],
    ['models/scout', '/farm/models/scout'],
    ['/opt/scout', '/opt/scout'],
    ['~/scout', '/farm/~/scout'],
    ['~', '~'],
  ])('of "%s" is %s', (model, place) => {
    expect(modelPlace(model, '/farm')).toBe(place);
  });
});
