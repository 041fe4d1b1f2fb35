import { render } from 'lit';
import { Connection } from './connection.js';
import type { Message } from './messages.js';
import { PictureLoader } from './picture-loader.js';
import { emptyState, type PageState, reduce, withLink, withNode, withPicture } from './state.js';
import { pageView } from './views/page-view.js';

/** Many messages make one drawing; a timer also runs in a tab that cannot be seen. */
const DRAW_AFTER_MS = 40;
const USUAL_WIDTH_PX = 900;

const root = document.getElementById('page');
if (!root) throw new Error('index.html lacks the element #page');

let state = emptyState(Date.now());
const askedFor = new Set<string>();
let drawing: ReturnType<typeof setTimeout> | undefined;

function change(next: PageState): void {
  state = next;
  if (drawing === undefined) drawing = setTimeout(draw, DRAW_AFTER_MS);
}

function draw(): void {
  drawing = undefined;
  if (root) render(pageView(state, Date.now(), shownWidth), root);
  const alerts = state.raised.length;
  document.title = `${alerts > 0 ? `(${alerts}) ` : ''}${state.node ? `${state.node.site.name} · ` : ''}Fieldscout`;
}

function shownWidth(camera: string): number {
  return document.querySelector(`.frame[data-camera="${CSS.escape(camera)}"]`)?.clientWidth ?? USUAL_WIDTH_PX;
}

const pictures = new PictureLoader(
  (camera, picture) => change(withPicture(state, camera, picture)),
  () => document.hidden,
);

const connection = new Connection({
  node(node) {
    change(withNode(state, node, Date.now()));
    for (const payload of node.findings.detections) pictures.want(payload);
  },
  link: (link) => change(withLink(state, link, Date.now())),
  unread: () => change({ ...state, unread: state.unread + 1 }),
  message(message) {
    change(reduce(state, message, Date.now()));
    if (message.kind !== 'detections') return;
    pictures.want(message.payload);
    if (hasNewPrompts(message)) void connection.refresh();
  },
});

/** The node reads edited prompt sets again by itself: their targets may have other names now. True once a set. */
function hasNewPrompts({ camera, payload }: Message & { readonly kind: 'detections' }): boolean {
  const known = state.node?.cameras.find(({ id }) => id === camera)?.promptSet.hash;
  const { hash } = payload.fingerprint.promptSet;
  if (known === undefined || known === hash || askedFor.has(hash)) return false;
  askedFor.add(hash);
  return true;
}

document.addEventListener('visibilitychange', () => {
  if (!document.hidden) pictures.resume();
});
window.addEventListener('resize', () => change(state));
draw();
void connection.open();
