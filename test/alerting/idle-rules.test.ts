import { describe, expect, it } from 'vitest';
import { idleRules } from '../../src/alerting/idle-rules.js';

const watched = [
  { camera: 'leaf', targets: ['aphid', 'beetle'] },
  { camera: 'trap', targets: ['moth', 'aphid'] },
];

describe('rules that can never raise an alert', () => {
  it.each([
    [{ id: 'a', target: 'moth' }],
    [{ id: 'a', target: 'moth', camera: 'trap' }],
    [{ id: 'a', target: 'aphid', camera: 'leaf' }],
  ])('are not those whose target is looked for: %j', (rule) => {
    expect(idleRules([rule], watched)).toEqual([]);
  });

  it('are named with the targets that there are, of all cameras or of its own', () => {
    const rules = [
      { id: 'many', target: 'aphids' },
      { id: 'moths', target: 'moth', camera: 'leaf' },
    ];
    expect(idleRules(rules, watched)).toEqual([
      'alert "many" can never be raised: no camera looks for "aphids"; there is aphid, beetle, moth',
      'alert "moths" can never be raised: camera "leaf" does not look for "moth"; there is aphid, beetle',
    ]);
  });
});
