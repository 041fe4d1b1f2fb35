import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { AlertContent } from '../../../uplink/payloads.js';
import { clockTime } from '../format.js';
import { alertIcon, doneIcon } from './icons.js';
import { targetLabel, type View } from './view.js';

const MEASURES = { now: 'in view now', hour: 'in the last hour', day: 'today' } as const;

/** Stands in the page even while empty, so that a screen reader hears what comes into it. */
export function alertsView(view: View): TemplateResult {
  const { raised, cleared } = view.state;
  return html`<section class="alerts" aria-live="polite" aria-label="Alerts">
    ${repeat(
      raised,
      ({ id }) => id,
      (alert) => alertView(view, alert),
    )}
    ${
      cleared.length === 0
        ? nothing
        : html`<ul class="cleared">
      ${repeat(
        cleared,
        ({ id }) => id,
        (alert) => clearedView(view, alert),
      )}
    </ul>`
    }
  </section>`;
}

function alertView(view: View, alert: AlertContent): TemplateResult {
  return html`<article class="alert">
    ${alertIcon}
    <div>
      <h2>${targetLabel(view, alert.camera, alert.target).name} on ${alert.camera}</h2>
      <p>
        <strong>${alert.value} ${MEASURES[alert.measure]}</strong>, action threshold ${alert.threshold}.
        Rule ${alert.rule}.
      </p>
    </div>
    <p class="when">Raised <br /><time datetime=${alert.at}>${timeOf(view, alert)}</time></p>
  </article>`;
}

function clearedView(view: View, alert: AlertContent): TemplateResult {
  return html`<li>
    ${doneIcon}
    <span>
      Cleared <time datetime=${alert.at}>${timeOf(view, alert)}</time>:
      ${targetLabel(view, alert.camera, alert.target).name} on ${alert.camera},
      ${
        alert.value === null
          ? 'which nobody looks for any more'
          : `${alert.value} ${MEASURES[alert.measure]} (threshold ${alert.threshold})`
      }
    </span>
  </li>`;
}

const timeOf = ({ node, nowMs }: View, { at }: AlertContent) => clockTime(at, node.site.timeZone, nowMs);
