/**
 * Treats real daemons badly and counts what is lost, beside mqtt.js with QoS 1 as the obvious alternative.
 *
 *     npm run chaos                      # the long form, about half an hour
 *     npm run chaos -- --short --json    # a few minutes; the last line is the table as JSON
 *     npm run chaos -- --only kill,disk-full --seed 42
 *
 * Exit code 1 where Fieldscout broke one of its promises.
 */
import { parseArgs } from 'node:util';
import { brokenBars } from './bars.js';
import type { Outcome } from './scenario.js';
import { LONG, SHORT, scenarios } from './scenarios.js';
import { tableOf } from './table.js';

const { values } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    seed: { type: 'string' },
    only: { type: 'string' },
  },
});
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
const only = values.only?.split(',');
// With --json, standard output ends with the table for programs: all else is for people.
const say = (line: string) => (values.json ? console.error(line) : console.log(line));
say(`seed ${seed}${values.short ? ', short form' : ''}`);

const outcomes: Outcome[] = [];
const broken: string[] = [];
for (const { name, needs, run } of scenarios(values.short ? SHORT : LONG)) {
  if (only && !only.includes(name)) continue;
  const missing = needs();
  if (missing !== undefined) {
    say(`${name}: left out: ${missing}`);
    broken.push(`${name}: left out: ${missing}`);
    continue;
  }
  const began = performance.now();
  const outcome = await run({ seed, progress: (line) => say(`  ${name}: ${line}`) }).catch((error: unknown) => {
    broken.push(`${name}: ${String(error)}`);
  });
  if (!outcome) continue;
  const seconds = Math.round((performance.now() - began) / 1000);
  const numbers = Object.entries(outcome.measured).map(([what, value]) => `${what} ${value}`);
  say(`${name}: ${seconds} s; ${numbers.join(', ')}`);
  outcomes.push(outcome);
  if (outcome.row.system === 'fieldscout') broken.push(...brokenBars(outcome));
}
const rows = outcomes.map(({ row }) => row);
say(`\n${tableOf(rows)}\n`);
for (const line of broken) say(`BROKEN ${line}`);
if (values.json) console.log(JSON.stringify(rows));
process.exit(broken.length > 0 ? 1 : 0);
