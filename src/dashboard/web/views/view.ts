import type { NodeInfo } from '../../node-info.js';
import type { PageState } from '../state.js';

/** What every part of the page is drawn from. */
export interface View {
  readonly state: PageState;
  readonly node: NodeInfo;
  readonly nowMs: number;
  /** Width at which a camera's frame is shown, in CSS pixels. */
  readonly widthPx: (camera: string) => number;
}

export interface TargetLabel {
  readonly name: string;
  readonly beneficial: boolean;
}

/** A target as people say it; its id where the camera's prompt sets do not know it any more. */
export function targetLabel(view: View, camera: string, id: string): TargetLabel {
  const found = view.node.cameras
    .find((candidate) => candidate.id === camera)
    ?.targets.find((target) => target.id === id);
  return { name: found?.name ?? id, beneficial: found?.beneficial ?? false };
}
