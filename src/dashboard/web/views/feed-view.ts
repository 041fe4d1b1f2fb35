import { html, nothing, type TemplateResult } from 'lit';
import { repeat } from 'lit/directives/repeat.js';
import type { FeedLine } from '../feed.js';
import { clockTime, cosine, duration, percent, plural } from '../format.js';
import { targetLabel, type View } from './view.js';

export function feedView(view: View): TemplateResult {
  const { feed } = view.state;
  return html`<section class="card feed" id="findings" tabindex="-1" aria-labelledby="feed-title">
    <header><h2 id="feed-title">Findings</h2></header>
    ${
      feed.length === 0
        ? html`<p class="empty">Nothing found yet. Detections, and tracks as they begin and end, come here.</p>`
        : html`<ol>
            ${repeat(
              feed,
              ({ key }) => key,
              (line) => lineView(view, line),
            )}
          </ol>`
    }
  </section>`;
}

function lineView(view: View, line: FeedLine): TemplateResult {
  const { name, beneficial } = targetLabel(view, line.camera, line.target);
  return html`<li class=${line.kind}>
    <span class="swatch ${beneficial ? 'beneficial' : 'pest'}"></span>
    <div class="what">
      <p><b>${name}</b> ${badgeView(line)} ${beneficial ? html`<span class="tag">beneficial</span>` : nothing}</p>
      <p class="muted">${line.camera} · ${whenView(view, line)} <span class="history">${historyView(line)}</span></p>
    </div>
    <div class="numbers">
      <p>${line.score === null ? '' : percent(line.score)}</p>
      <p class="muted">sim ${cosine(line.similarity)}</p>
    </div>
  </li>`;
}

function badgeView(line: FeedLine): TemplateResult | typeof nothing {
  switch (line.kind) {
    case 'new':
      return html`<span class="badge new">new track</span>`;
    case 'end':
      return html`<span class="badge end">ended</span>`;
    case 'seen':
      return line.inFrame > 1 ? html`<span class="times">× ${line.inFrame}</span>` : nothing;
  }
}

function whenView({ node, nowMs }: View, line: FeedLine): TemplateResult {
  const time = (at: string) => html`<time datetime=${at}>${clockTime(at, node.site.timeZone, nowMs)}</time>`;
  if (line.kind !== 'seen') return time(line.at);
  return line.firstAt === line.lastAt ? time(line.firstAt) : html`${time(line.firstAt)} – ${time(line.lastAt)}`;
}

function historyView(line: FeedLine): string {
  switch (line.kind) {
    case 'new':
      return '';
    case 'end':
      return ` · stayed ${duration(line.lastedMs)}`;
    case 'seen':
      return line.frames > 1 ? ` · ${plural(line.frames, 'frame')}` : '';
  }
}
