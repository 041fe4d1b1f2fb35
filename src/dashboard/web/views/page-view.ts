import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import { clockTime } from '../format.js';
import type { PageState } from '../state.js';
import { alertsView } from './alerts-view.js';
import { cameraView } from './camera-view.js';
import { countsView } from './counts-view.js';
import { detailsView } from './details-view.js';
import { feedView } from './feed-view.js';
import { alertIcon, brandMark } from './icons.js';
import type { View } from './view.js';

/** The whole page for one state. */
export function pageView(state: PageState, nowMs: number, widthPx: View['widthPx']): TemplateResult {
  const { node } = state;
  if (!node) return waitingView(state);
  const view: View = { state, node, nowMs, widthPx };
  // Counts stand with their camera where there are several; a single camera's fit beside its picture.
  const onlyCamera = node.cameras.length === 1 ? node.cameras[0] : undefined;
  return html`
    <a class="skip" href="#findings">Skip to the findings</a>
    <header class="top">
      <div class="brand">${brandMark}<span>Fieldscout</span></div>
      <div class="place">
        <h1>${node.site.name}</h1>
        <p>${[node.node, node.site.crop].filter(Boolean).join(' · ')}</p>
      </div>
      <div role="status" class="link">${linkView(view)}</div>
    </header>
    ${alertsView(view)} ${warningsView(view)}
    <main>
      <div class="cameras">
        ${repeat(
          node.cameras,
          ({ id }) => id,
          (camera) => cameraView(view, camera),
        )}
      </div>
      <div class="beside">
        ${onlyCamera ? html`<section class="card"><header><h2>Counts</h2></header>${countsView(view, onlyCamera)}</section>` : nothing}
        ${feedView(view)}
      </div>
    </main>
    ${detailsView(view)}
  `;
}

function waitingView({ link }: PageState): TemplateResult {
  return html`<div class="waiting" role="status">
    ${brandMark}
    <h1>Fieldscout</h1>
    <p>${link.state === 'reconnecting' ? 'The node does not answer. Trying again every 2 s...' : 'Connecting to the node...'}</p>
  </div>`;
}

function linkView({ state, node, nowMs }: View): TemplateResult {
  const since = (ms: number) => html`<small>since ${clockTime(ms, node.site.timeZone, nowMs)}</small>`;
  const { link, nodeStatus } = state;
  if (link.state === 'connecting') return html`<span class="pill wait">Connecting...</span>`;
  if (link.state === 'reconnecting') return html`<span class="pill bad">Reconnecting ${since(link.sinceMs)}</span>`;
  if (nodeStatus?.state === 'offline')
    return html`<span class="pill bad">Node offline ${since(nodeStatus.sinceMs)}</span>`;
  if (nodeStatus?.state === 'stopped')
    return html`<span class="pill wait">Node stopped ${since(nodeStatus.sinceMs)}</span>`;
  return html`<span class="pill good">Connected</span>`;
}

function warningsView({ state }: View): TemplateResult | typeof nothing {
  const warnings = state.health?.warnings ?? [];
  if (warnings.length === 0) return nothing;
  return html`<section class="warnings" aria-labelledby="warnings-title">
    <h2 id="warnings-title">The node warns</h2>
    <ul>
      ${warnings.map((line) => html`<li>${alertIcon}<span>${line}</span></li>`)}
    </ul>
  </section>`;
}
