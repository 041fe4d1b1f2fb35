import { describe, expect, it } from 'vitest';
import { needs } from '../support/needs.js';
import { brokenBars } from './bars.js';
import { SHORT, scenarios } from './scenarios.js';

/** What chance found once is found again with CHAOS_SEED. */
const seed = Number(process.env.CHAOS_SEED ?? Math.floor(Math.random() * 2 ** 31));
const WITHIN_MS = 600_000;

describe('a node that is treated badly (short form of `npm run chaos`)', needs('mosquitto', 'strace'), () => {
  for (const { name, system, needs: missing, run } of scenarios(SHORT)) {
    // What the alternative loses is for the report.
    if (system !== 'fieldscout') continue;
    const reason = missing();
    // Whoever may not mount need not: no package can be installed for that.
    const options = {
      timeout: WITHIN_MS,
      skip: reason !== undefined,
      meta: { missing: [reason ?? ''], required: false },
    };
    it(
      `loses nothing and keeps the order: ${name}`,
      reason === undefined ? { timeout: WITHIN_MS } : options,
      async () => {
        const said = [`seed ${seed}`];
        const outcome = await run({ seed, progress: (line) => said.push(line) }).catch((cause: unknown) => {
          throw new Error(said.join('\n'), { cause });
        });
        expect(brokenBars(outcome), `${said.join('\n')}\n${JSON.stringify(outcome)}`).toEqual([]);
      },
    );
  }
});
