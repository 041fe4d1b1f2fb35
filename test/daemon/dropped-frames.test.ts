import { pino } from 'pino';
import { expect, it } from 'vitest';
import { DroppedFrames } from '../../src/daemon/dropped-frames.js';

function droppedOf(keepsPictures: boolean) {
  const lines: { readonly level: number; readonly msg: string; readonly more?: number }[] = [];
  const recorded: string[] = [];
  const time = { ms: 0 };
  const frames = new DroppedFrames({
    source: { keepsPictures } as never,
    outlet: { dropped: (reason: string) => void recorded.push(reason) } as never,
    now: () => time.ms,
    elapsed: () => time.ms,
    log: pino({ level: 'warn' }, { write: (line) => void lines.push(JSON.parse(line)) }),
  });
  return { frames, lines, recorded, time };
}

it('counts and records each frame, and tells a reason once a minute with how many more there were', () => {
  const { frames, lines, recorded, time } = droppedOf(false);
  for (time.ms = 0; time.ms <= 60_000; time.ms += 1_000) frames.add('unreadable', 'http://camera/: no picture');
  frames.add('busy', 'http://camera/: another one was newer');
  expect(frames.counts).toEqual({ unreadable: 61, busy: 1 });
  expect(recorded).toHaveLength(62);
  expect(lines.map(({ msg, more }) => [msg, more])).toEqual([
    ['frame dropped: http://camera/: no picture', undefined],
    ['frame dropped: http://camera/: no picture', 59],
    ['frame dropped: http://camera/: another one was newer', undefined],
  ]);
});

it('names each file of a folder', () => {
  const { frames, lines } = droppedOf(true);
  for (const name of ['a.jpg', 'b.jpg', 'c.jpg']) frames.add('unreadable', `${name} is no picture`);
  expect(lines).toHaveLength(3);
});
