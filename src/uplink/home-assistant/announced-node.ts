import type { Topics } from '../topics.js';

/** What Home Assistant is told of. */
export interface AnnouncedNode {
  readonly topics: Topics;
  /** `[a-zA-Z0-9_-]+`, the node's own among all that announce themselves there. */
  readonly objectId: string;
  readonly name: string;
  /** Of Fieldscout. */
  readonly version: string;
  readonly cameras: readonly AnnouncedCamera[];
  readonly alerts: readonly AnnouncedAlert[];
}

export interface AnnouncedCamera {
  readonly id: string;
  readonly targets: readonly { readonly id: string; readonly name: string }[];
  /** As the configuration names them. */
  readonly promptSets: readonly string[];
  readonly hasSnapshots: boolean;
  readonly canCaptureNow: boolean;
}

export interface AnnouncedAlert {
  readonly id: string;
  readonly target: string;
  readonly camera: string;
}
