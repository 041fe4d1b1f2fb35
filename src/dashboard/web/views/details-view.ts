import { html, nothing, type TemplateResult } from 'lit';
import { plural, shortHash } from '../format.js';
import type { View } from './view.js';

/** What the numbers of the page can be traced to. */
export function detailsView(view: View): TemplateResult {
  const { node, state } = view;
  const newest = Object.values(state.cameras).find((camera) => camera.newest)?.newest;
  const promptSets = new Map(node.cameras.map(({ promptSet }) => [promptSet.hash, promptSet]));
  const model = newest?.fingerprint.model ?? node.model;
  return html`<footer class="details" aria-label="Details">
    <dl>
      ${detail('Model', html`${model.id} <code>${shortHash(model.sha256)}</code>`)}
      ${[...promptSets.values()].map(({ title, hash }) => detail('Prompts', html`${title} <code>${shortHash(hash)}</code>`))}
      ${detail('Runs on', (newest?.fingerprint.provider ?? node.provider).toUpperCase())}
      ${newest?.fingerprint.calibration.origin === 'assumed' ? detail('Scores', 'scale assumed, not measured') : nothing}
      ${healthDetails(view)} ${detail('Version', node.version)}
      ${state.unread > 0 ? detail('Not understood', plural(state.unread, 'message')) : nothing}
    </dl>
  </footer>`;
}

function healthDetails({ state, node }: View): TemplateResult | typeof nothing {
  const { health } = state;
  if (!health) return nothing;
  const lost = sum(health.uplink.dropped);
  const dropped = health.cameras.reduce((total, { framesDropped }) => total + sum(framesDropped), 0);
  const looked = health.cameras.reduce((total, { framesLookedAt }) => total + framesLookedAt, 0);
  return html`
    ${detail('Uplink', [health.uplink.state, health.uplink.reason, `${health.uplink.queued} queued`, lost > 0 ? `${lost} lost` : null].filter(Boolean).join(', '))}
    ${detail('Frames', `${looked} looked at${dropped > 0 ? `, ${dropped} dropped` : ''}`)}
    ${health.clock === 'unsynchronised' ? detail('Clock', html`<strong>not synchronised: times may be wrong</strong>`) : nothing}
    ${detail('Time zone', node.site.timeZone)}
  `;
}

const sum = (counts: Readonly<Record<string, number>>) =>
  Object.values(counts).reduce((total, count) => total + count, 0);

const detail = (term: string, value: unknown) => html`<div><dt>${term}</dt><dd>${value}</dd></div>`;
