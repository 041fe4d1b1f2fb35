/** Every topic that a node speaks on. Segments are `[A-Za-z0-9_-]+`; the configuration holds them to it. */
export interface Topics {
  readonly base: string;
  readonly status: string;
  readonly health: string;
  readonly alerts: string;
  readonly gaps: string;
  camera(camera: string): {
    readonly detections: string;
    readonly snapshot: string;
    readonly events: string;
    readonly counts: string;
    readonly status: string;
  };
}

/** @returns the topics of one node: `<baseTopic>/<site>/<node>/...` */
export function nodeTopics(baseTopic: string, site: string, node: string): Topics {
  const base = `${baseTopic}/${site}/${node}`;
  return {
    base,
    status: `${base}/status`,
    health: `${base}/health`,
    alerts: `${base}/alerts`,
    gaps: `${base}/gaps`,
    camera(camera) {
      const prefix = `${base}/cameras/${camera}`;
      return {
        detections: `${prefix}/detections`,
        snapshot: `${prefix}/snapshot`,
        events: `${prefix}/events`,
        counts: `${prefix}/counts`,
        status: `${prefix}/status`,
      };
    },
  };
}
