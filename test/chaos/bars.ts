import type { Outcome } from './scenario.js';

/** What a run of Fieldscout must hold, whatever the scenario. @returns one line for each bar that it broke */
export function brokenBars({ row, verdict, measured }: Outcome): readonly string[] {
  const broken: string[] = [];
  const bar = (holds: boolean, line: string) => {
    if (!holds) broken.push(`${row.scenario}: ${line}`);
  };
  bar(row.accepted >= 1_000, `only ${row.accepted} accepted: too few to say anything`);
  bar(row.lost === 0, `${row.lost} lost, the first: ${verdict.lostSequences.join(', ')}`);
  bar(row.outOfOrder === 0, `${row.outOfOrder} out of order`);
  bar(verdict.conflicting === 0, `${verdict.conflicting} copies differ from the first of their id`);
  bar(verdict.unaccepted === 0, `${verdict.unaccepted} came that the journal does not hold`);
  for (const [name, limit] of Object.entries(LIMITS)) {
    const value = measured[name];
    bar(value === undefined || value <= limit, `${name} is ${value}, more than ${limit}`);
  }
  return broken;
}

/** By name of the measured number: the most that it may be. */
const LIMITS: Readonly<Record<string, number>> = {
  failedIntegrityChecks: 0,
  unaccountedSequences: 0,
  strangeMessages: 0,
  changedStates: 0,
  exitCode: 0,
  filesGrowth: 0,
  rssGrowthQueueingMb: 30,
  slopeMbPer1000Frames: 1,
  rssGrowthWatchedMb: 10,
};
