import type {
  AlertContent,
  CameraStatusPayload,
  CountsPayload,
  DetectionsPayload,
  HealthPayload,
} from '../../uplink/payloads.js';
import type { NodeInfo } from '../node-info.js';
import { addDetections, addEvent, type Feed } from './feed.js';
import type { Message } from './messages.js';

/** A picture with the detections to draw on it. */
export interface Picture {
  readonly url: string;
  readonly payload: DetectionsPayload;
  /** False where that frame was gone and a newer one is shown: its detections are not drawn. */
  readonly exact: boolean;
}

export interface CameraState {
  readonly status: CameraStatusPayload | null;
  readonly counts: CountsPayload | null;
  readonly newest: DetectionsPayload | null;
  readonly picture: Picture | null;
  /** Frames in a row, seen by this page, in which nothing was found. */
  readonly emptyFrames: number;
}

export interface PageState {
  readonly node: NodeInfo | null;
  readonly link: { readonly state: 'connecting' | 'connected' | 'reconnecting'; readonly sinceMs: number };
  readonly nodeStatus: { readonly state: 'online' | 'offline' | 'stopped'; readonly sinceMs: number } | null;
  readonly health: HealthPayload | null;
  /** Oldest first. */
  readonly raised: readonly AlertContent[];
  /** Newest first. */
  readonly cleared: readonly AlertContent[];
  readonly cameras: Readonly<Record<string, CameraState>>;
  readonly feed: Feed;
  /** Messages that the page could not read. */
  readonly unread: number;
}

const MAX_CLEARED = 3;

const NEW_CAMERA: CameraState = { status: null, counts: null, newest: null, picture: null, emptyFrames: 0 };

export function emptyState(nowMs: number): PageState {
  return {
    node: null,
    link: { state: 'connecting', sinceMs: nowMs },
    nodeStatus: null,
    health: null,
    raised: [],
    cleared: [],
    cameras: {},
    feed: [],
    unread: 0,
  };
}

/** What the node told about itself, at the start and after each reconnect: its list of standing alerts is the whole truth. */
export function withNode(state: PageState, node: NodeInfo, nowMs: number): PageState {
  const cameras = Object.fromEntries(node.cameras.map(({ id }) => [id, state.cameras[id] ?? NEW_CAMERA]));
  const known: PageState = { ...state, node, cameras, raised: node.findings.alerts };
  return node.findings.detections
    .filter(({ camera }) => camera in cameras)
    .reduce((next, payload) => reduce(next, { kind: 'detections', camera: payload.camera, payload }, nowMs), known);
}

export function withLink(state: PageState, link: PageState['link']['state'], nowMs: number): PageState {
  return state.link.state === link ? state : { ...state, link: { state: link, sinceMs: nowMs } };
}

export function withPicture(state: PageState, camera: string, picture: Picture): PageState {
  return withCamera(state, camera, { picture });
}

/** @param nowMs the browser's time, for messages that carry none */
export function reduce(state: PageState, message: Message, nowMs: number): PageState {
  switch (message.kind) {
    case 'status': {
      const { state: nodeState, at } = message.payload;
      return { ...state, nodeStatus: { state: nodeState, sinceMs: at === null ? nowMs : Date.parse(at) } };
    }
    case 'health':
      return { ...state, health: message.payload };
    case 'alert':
      return withAlert(state, message.payload);
    case 'counts':
      return withCamera(state, message.camera, { counts: message.payload });
    case 'cameraStatus':
      return withCamera(state, message.camera, { status: message.payload });
    case 'event':
      return { ...state, feed: addEvent(state.feed, message.payload) };
    case 'detections':
      return withDetections(state, message.camera, message.payload);
  }
}

function withDetections(state: PageState, camera: string, payload: DetectionsPayload): PageState {
  const before = state.cameras[camera] ?? NEW_CAMERA;
  if (before.newest?.frame.id === payload.frame.id) return state;
  const intervalMs = state.node?.cameras.find(({ id }) => id === camera)?.intervalMs ?? 0;
  const emptyFrames = payload.detections.length === 0 ? before.emptyFrames + 1 : 0;
  return {
    ...withCamera(state, camera, { newest: payload, emptyFrames }),
    feed: addDetections(state.feed, payload, intervalMs),
  };
}

function withAlert(state: PageState, alert: AlertContent): PageState {
  const raised = state.raised.filter((other) => !isSameAlert(other, alert));
  if (alert.state === 'raised') return { ...state, raised: [...raised, alert] };
  const cleared = [alert, ...state.cleared.filter((other) => !isSameAlert(other, alert))].slice(0, MAX_CLEARED);
  return { ...state, raised, cleared };
}

const isSameAlert = (a: AlertContent, b: AlertContent) =>
  a.rule === b.rule && a.camera === b.camera && a.target === b.target;

function withCamera(state: PageState, camera: string, change: Partial<CameraState>): PageState {
  return {
    ...state,
    cameras: { ...state.cameras, [camera]: { ...(state.cameras[camera] ?? NEW_CAMERA), ...change } },
  };
}
