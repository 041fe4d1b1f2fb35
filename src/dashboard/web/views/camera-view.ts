import { html, nothing, type TemplateResult } from 'lit';
import type { CameraInfo } from '../../node-info.js';
import { clockTime, duration, plural } from '../format.js';
import type { CameraState } from '../state.js';
import { countsView } from './counts-view.js';
import { pictureView } from './picture-view.js';
import type { View } from './view.js';

export function cameraView(view: View, info: CameraInfo): TemplateResult {
  const camera = view.state.cameras[info.id];
  return html`<article class="card camera" aria-labelledby="camera-${info.id}">
    <header>
      <h2 id="camera-${info.id}">${info.id}</h2>
      <p class="origin">${info.origin}</p>
      ${statusView(view, camera)}
    </header>
    ${camera?.picture ? pictureView(view, info, camera.picture) : emptyPictureView(view, info, camera)}
    ${camera?.newest ? lookView(view, camera) : nothing}
    ${view.node.cameras.length > 1 ? countsView(view, info) : nothing}
  </article>`;
}

function statusView({ node, nowMs }: View, camera: CameraState | undefined): TemplateResult | typeof nothing {
  const status = camera?.status;
  if (!status) return nothing;
  if (status.state === 'online') return html`<span class="pill good">Live</span>`;
  const since = html`<small>since ${clockTime(status.since, node.site.timeZone, nowMs)}</small>`;
  if (status.state === 'disabled') return html`<span class="pill wait">Switched off ${since}</span>`;
  return html`<span class="pill bad">Offline ${since}</span>
    ${status.reason ? html`<p class="reason">${status.reason}</p>` : nothing}`;
}

function emptyPictureView({ state }: View, info: CameraInfo, camera: CameraState | undefined): TemplateResult {
  if (camera?.newest && state.link.state === 'connected')
    return html`<div class="no-picture"><p>Fetching the picture...</p></div>`;
  return html`<div class="no-picture">
    <p>Waiting for the first picture.</p>
    <p class="muted">This camera takes one every ${duration(info.intervalMs)}.</p>
  </div>`;
}

/** What the newest look at a frame found, in words. */
function lookView({ node, nowMs }: View, camera: CameraState): TemplateResult | typeof nothing {
  const { newest, emptyFrames } = camera;
  if (!newest) return nothing;
  const found = newest.detections.length;
  const frames = emptyFrames === 1 ? 'frame' : `${emptyFrames} frames`;
  return html`<p class="look">
    <span class=${found > 0 ? 'found' : 'muted'}>
      ${found > 0 ? plural(found, 'detection') : `Looking... nothing found in the last ${frames}`}
    </span>
    <span class="muted">
      <time datetime=${newest.frame.capturedAt}>${clockTime(newest.frame.capturedAt, node.site.timeZone, nowMs)}</time>
      · ${plural(newest.tiles, 'tile')} in ${duration(newest.timingsMs.total)}
    </span>
  </p>`;
}
