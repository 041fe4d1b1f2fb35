// Accepts messages one after the other, and says the sequence of each on standard output once it is accepted.
import { writeSync } from 'node:fs';
import { openJournal } from '../../dist/journal/open-journal.js';

const [dir, bootId] = process.argv.slice(2);
const log = { info: () => undefined, warn: (line) => console.error(line) };
const journal = await openJournal({ dir, bootId, gaps: { topic: 'farm/gaps', schema: 1 }, log });
for (;;) {
  const message = {
    kind: 'new',
    topic: 'farm/events',
    camera: 'leaf',
    retain: false,
    payload: { id: crypto.randomUUID() },
  };
  const entries = await journal.outbox.accept([message, message]);
  for (const { sequence } of entries) writeSync(1, `accepted ${sequence}\n`);
}
