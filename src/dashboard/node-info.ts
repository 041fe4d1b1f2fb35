import type { ModelRef, PromptSetRef, Provider, Target } from '../types.js';
import { nodeTopics, type Topics } from '../uplink/topics.js';
import type { Findings } from './recent-findings.js';

export interface CameraFacts {
  readonly id: string;
  /** The configured source for people, without credentials. */
  readonly origin: string;
  /** Time between two frames. */
  readonly intervalMs: number;
  readonly mmPerPixel: number | null;
  readonly promptSet: PromptSetRef & { readonly title: string };
  readonly targets: readonly Pick<Target, 'id' | 'name' | 'beneficial'>[];
}

/** What the daemon tells the page about itself. */
export interface NodeFacts {
  readonly site: {
    readonly id: string;
    readonly name: string;
    readonly timeZone: string;
    readonly crop: string | null;
  };
  readonly node: string;
  readonly version: string;
  readonly baseTopic: string;
  readonly model: ModelRef;
  /** The provider that truly runs. */
  readonly provider: Provider;
  readonly cameras: readonly CameraFacts[];
}

/** `GET /api/node`. */
export interface NodeInfo extends Omit<NodeFacts, 'cameras'> {
  readonly topics: Pick<Topics, 'status' | 'health' | 'alerts'>;
  readonly cameras: readonly CameraInfo[];
  readonly findings: Findings;
}

export interface CameraInfo extends CameraFacts {
  readonly topics: Omit<ReturnType<Topics['camera']>, 'snapshot' | 'things'>;
}

/** Adds the topics, which the page subscribes to as they are written here, and what was found lately. */
export function nodeInfo(facts: NodeFacts, findings: Findings): NodeInfo {
  const topics = nodeTopics(facts.baseTopic, facts.site.id, facts.node);
  return {
    ...facts,
    topics: { status: topics.status, health: topics.health, alerts: topics.alerts },
    cameras: facts.cameras.map((camera) => {
      const { detections, events, counts, status } = topics.camera(camera.id);
      return { ...camera, topics: { detections, events, counts, status } };
    }),
    findings,
  };
}
