import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { CountsPayload } from '../../../uplink/payloads.js';
import type { CameraInfo } from '../../node-info.js';
import { plural } from '../format.js';
import { targetLabel, type View } from './view.js';

type Count = CountsPayload['counts'][number];

/** Targets that were seen today as a table, the others as one quiet line. */
export function countsView(view: View, info: CameraInfo): TemplateResult {
  const counts = view.state.cameras[info.id]?.counts?.counts ?? [];
  const seen = counts
    .filter(({ now, hour, day }) => now + hour + day > 0)
    .sort((a, b) => b.now - a.now || b.day - a.day || a.target.localeCompare(b.target));
  const known = new Set(seen.map(({ target }) => target));
  const unseen = info.targets.filter(({ id }) => !known.has(id)).map(({ name }) => name);
  return html`<section class="counts" aria-label="Counts of camera ${info.id}">
    ${seen.length === 0 ? html`<p class="muted">Nothing counted today.</p>` : tableView(view, info, seen)}
    ${
      unseen.length === 0
        ? nothing
        : html`<details class="unseen">
      <summary>${seen.length === 0 ? `Looking for ${plural(unseen.length, 'target')}` : `Also looking for ${unseen.length} more`}</summary>
      <p>${unseen.join(', ')}</p>
    </details>`
    }
  </section>`;
}

function tableView(view: View, info: CameraInfo, seen: readonly Count[]): TemplateResult {
  return html`<table>
    <thead>
      <tr>
        <th scope="col">Target</th>
        <th scope="col">Now</th>
        <th scope="col">Hour</th>
        <th scope="col">Today</th>
      </tr>
    </thead>
    <tbody>
      ${repeat(
        seen,
        ({ target }) => target,
        (count) => rowView(view, info, count),
      )}
    </tbody>
  </table>`;
}

function rowView(view: View, info: CameraInfo, { target, now, hour, day }: Count): TemplateResult {
  const { name, beneficial } = targetLabel(view, info.id, target);
  return html`<tr data-target=${target}>
    <th scope="row">
      <span class="target">
        <span class="swatch ${beneficial ? 'beneficial' : 'pest'}"></span>
        <span>${name} ${beneficial ? html`<span class="tag">beneficial</span>` : nothing}</span>
      </span>
    </th>
    <td class=${now > 0 ? 'strong' : 'muted'}>${now}</td>
    <td>${hour}</td>
    <td>${day}</td>
  </tr>`;
}
