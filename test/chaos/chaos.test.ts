import { describe, expect, it } from 'vitest';
import { needs } from '../support/needs.js';
import { brokenBars } from './bars.js';
import { SHORT, scenarios } from './scenarios.js';

/** What chance found once is found again with CHAOS_SEED. */
const seed = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 2 ** 31));
const WITHIN_MS = 300_000;

describe('a node that is treated badly (short form of `npm run chaos`)', needs('mosquitto', 'strace'), () => {
  for (const { name, system, needs: missing, run } of scenarios(SHORT)) {
    // What the alternative loses is for the report.
    if (system !== 'fieldscout') continue;
    it(`loses nothing and keeps the order: ${name}`, { timeout: WITHIN_MS }, async ({ skip }) => {
      const reason = missing();
      if (reason !== undefined) skip(reason);
      const said = [`seed ${seed}`];
      const outcome = await run({ seed, progress: (line) => said.push(line) }).catch((cause: unknown) => {
        throw new Error(said.join('\n'), { cause });
      });
      expect(brokenBars(outcome), `${said.join('\n')}\n${JSON.stringify(outcome)}`).toEqual([]);
    });
  }
});
