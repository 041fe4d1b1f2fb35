/** One line of the report: what a system took on, and what became of it. */
export interface Row {
  readonly scenario: string;
  readonly system: 'fieldscout' | 'mqtt.js';
  /** Messages that the system had taken on for good, as far as its user could know. */
  readonly accepted: number;
  /** Of those, how many reached the subscriber at least once. */
  readonly delivered: number;
  /** accepted - delivered; what a gap record names is lost all the same. */
  readonly lost: number;
  /** Deliveries beyond the first of the same id. */
  readonly duplicated: number;
  /** First deliveries that came after a later one of the same camera and lane. */
  readonly outOfOrder: number;
}

/** One delivery to the subscriber, in the order of arrival. */
export interface Arrival {
  readonly id: string;
  readonly sequence: number;
  readonly lane: 'live' | 'historical';
  readonly camera: string;
  /** Hash of all that must be equal in every copy of an id. */
  readonly digest: string;
}

/** What was taken on: sequence -> id. */
export type Accepted = ReadonlyMap<number, string>;

export interface Verdict extends Omit<Row, 'scenario' | 'system'> {
  /** Copies that say something else than the first one of their id. */
  readonly conflicting: number;
  /** Ids that came although nobody had accepted them, or under another sequence. */
  readonly unaccepted: number;
  /** The first few that are lost, for the report of a failure. */
  readonly lostSequences: readonly number[];
}

const TOLD = 20;

/** Compares what was accepted with what arrived. */
export function judge(accepted: Accepted, arrivals: readonly Arrival[]): Verdict {
  const first = new Map<string, Arrival>();
  const newest = new Map<string, number>();
  let duplicated = 0;
  let conflicting = 0;
  let outOfOrder = 0;
  let unaccepted = 0;
  for (const arrival of arrivals) {
    const before = first.get(arrival.id);
    if (before) {
      duplicated += 1;
      if (before.digest !== arrival.digest) conflicting += 1;
      continue;
    }
    first.set(arrival.id, arrival);
    if (accepted.get(arrival.sequence) !== arrival.id) unaccepted += 1;
    const stream = `${arrival.camera} ${arrival.lane}`;
    if (arrival.sequence < (newest.get(stream) ?? 0)) outOfOrder += 1;
    else newest.set(stream, arrival.sequence);
  }
  const lostSequences = [...accepted].filter(([, id]) => !first.has(id)).map(([sequence]) => sequence);
  const lost = lostSequences.length;
  return {
    accepted: accepted.size,
    delivered: accepted.size - lost,
    lost,
    duplicated,
    outOfOrder,
    conflicting,
    unaccepted,
    lostSequences: lostSequences.slice(0, TOLD),
  };
}

export function rowOf(scenario: string, system: Row['system'], verdict: Verdict): Row {
  const { accepted, delivered, lost, duplicated, outOfOrder } = verdict;
  return { scenario, system, accepted, delivered, lost, duplicated, outOfOrder };
}
