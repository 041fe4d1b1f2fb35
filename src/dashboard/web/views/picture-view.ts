import { html, nothing, type TemplateResult } from 'lit';
import type { Box, Size } from '../../../types.js';
import type { DetectionsPayload } from '../../../uplink/payloads.js';
import type { CameraInfo } from '../../node-info.js';
import { confidence, cosine, millimetres, percent, plural } from '../format.js';
import { isAtRight, isAtTop, readableLabels } from '../label-layout.js';
import type { Picture } from '../state.js';
import { placed } from './placed.js';
import { targetLabel, type View } from './view.js';

type SeenDetection = DetectionsPayload['detections'][number];

/**
 * A frame with its detections. Boxes are elements placed in percent of the frame, not SVG: so labels keep a readable
 * size at every width, and each box can take the keyboard's focus.
 */
export function pictureView(view: View, info: CameraInfo, { url, payload, exact }: Picture): TemplateResult {
  const { frame } = payload;
  const found = exact ? mostImportantFirst(payload.detections) : [];
  const names = found.map((detection) => targetLabel(view, info.id, detection.target));
  const labels = found.map((detection, index) => ({
    target: detection.target,
    box: detection.box,
    text: `${names[index]?.name ?? ''} ${confidence(detection)}`,
  }));
  const widthPx = view.widthPx(info.id);
  const readable = readableLabels(labels, frame, widthPx);
  const order = found.map((_, index) => index).sort((a, b) => area(found[b]) - area(found[a]));
  return html`<figure>
    <div class="frame" data-camera=${info.id} data-frame=${frame.id} ${placed({ '--ratio': `${frame.width / frame.height}` })}>
      <img src=${url} alt="Newest frame of camera ${info.id}: ${plural(payload.detections.length, 'detection')}" />
      ${order.map((index) => {
        const detection = found[index];
        const name = names[index];
        if (!detection || !name) return nothing;
        return boxView(info, frame, detection, name, readable[index] === true, widthPx / frame.width);
      })}
    </div>
    ${exact ? nothing : html`<figcaption>This picture is newer than the last detections, so no boxes are drawn on it.</figcaption>`}
  </figure>`;
}

function boxView(
  info: CameraInfo,
  frame: Size,
  detection: SeenDetection,
  { name, beneficial }: { readonly name: string; readonly beneficial: boolean },
  readable: boolean,
  scale: number,
): TemplateResult {
  const { box, score, similarity } = detection;
  const classes = [
    'box',
    beneficial ? 'beneficial' : 'pest',
    readable ? '' : 'quiet',
    isAtTop(box, scale) ? 'at-top' : '',
    isAtRight(box, frame) ? 'at-right' : '',
  ];
  const size =
    info.mmPerPixel === null
      ? `${Math.round(box.width)} × ${Math.round(box.height)} px`
      : `${millimetres(box.width, info.mmPerPixel)} × ${millimetres(box.height, info.mmPerPixel)} mm`;
  const spoken = [
    name,
    beneficial ? 'beneficial' : '',
    score === null ? '' : `score ${percent(score)}`,
    `similarity ${cosine(similarity)}`,
    `box ${size}`,
  ];
  return html`<button
    type="button"
    class=${classes.filter(Boolean).join(' ')}
    ${placed(inPercent(box, frame))}
    aria-label=${spoken.filter(Boolean).join(', ')}
  >
    <span class="label">
      <b>${name}</b> ${confidence(detection)}
      <span class="more">
        ${score === null ? nothing : html`<span>similarity ${cosine(similarity)}</span>`}
        <span>box ${size}</span>
        <span class="prompt">"${detection.prompt}"</span>
      </span>
    </span>
  </button>`;
}

function mostImportantFirst(detections: readonly SeenDetection[]): readonly SeenDetection[] {
  return [...detections].sort((a, b) => (b.score ?? b.similarity) - (a.score ?? a.similarity));
}

function inPercent(box: Box, frame: Size): Readonly<Record<string, string>> {
  const of = (part: number, whole: number) => `${((part / whole) * 100).toFixed(3)}%`;
  return {
    left: of(box.x, frame.width),
    top: of(box.y, frame.height),
    width: of(box.width, frame.width),
    height: of(box.height, frame.height),
  };
}

const area = (detection: SeenDetection | undefined) => (detection ? detection.box.width * detection.box.height : 0);
