// One stream as a timeline, a page at a time.
import { html, nothing } from './lit-html.js';
import { events, get } from './api.js';
import * as format from './format.js';
import * as parts from './parts.js';

const PAGE = 50;
const PREVIEW_BYTES = 400;

export async function open(page) {
  const stream = page.parameters.get('stream') ?? '';
  const isNewest = page.parameters.get('order') !== 'oldest';
  const at = page.parameters.get('at');
  page.draw(parts.loading());
  const [found, shown] = await Promise.all([
    get('streams', { stream, last: true }, page.signal),
    events({ stream, backwards: isNewest, limit: PAGE, bytesMax: PREVIEW_BYTES, [isNewest ? 'to' : 'from']: at }, page.signal),
  ]);
  page.draw(found.streams.length === 0
    ? html`<h1>${parts.name(stream)}</h1>${parts.empty('No such stream', html`
        No event has this stream. <a href=${parts.link('append', { stream })}>Append its first event</a>, or
        <a href=${parts.link('streams')}>look for another</a>.`)}`
    : view(page, found.streams[0], shown, isNewest));
}

function view(page, one, shown, isNewest) {
  const address = (more) => parts.link('stream', { stream: one.stream, order: isNewest ? '' : 'oldest', ...more });
  const last = shown.at(-1);
  const hasMore = last && (isNewest ? last.revision > 0 : last.revision < one.last.revision);
  const isPaged = page.parameters.has('at');
  const jump = (event) => {
    event.preventDefault();
    page.go('event', { stream: one.stream, revision: new FormData(event.target).get('revision') });
  };
  return html`
    <p class="crumbs"><a href=${parts.link('streams')}>Streams</a> /
      <a href=${parts.link('streams', { category: parts.category(one.stream) })}>${parts.name(parts.category(one.stream))}</a></p>
    <h1>${parts.name(one.stream)}</h1>
    <p class="muted">${format.counted(one.last.revision + 1, 'event')}, from ${parts.time(one.recorded)} to
      ${parts.time(one.last.recorded)} UTC</p>
    <div class="bar">
      <a class="button primary" href=${parts.link('state', { stream: one.stream })}>State over time</a>
      <a class="button" href=${parts.link('live', { stream: one.stream })}>Follow</a>
      <a class="button" href=${parts.link('append', { stream: one.stream, expect: one.last.revision })}>Append</a>
      <a class="button" href=${parts.link('stream', { stream: one.stream, order: isNewest ? 'oldest' : '' })}>
        ${isNewest ? 'Oldest first' : 'Newest first'}</a>
      <form class="inline" @submit=${jump}><label>Revision
        <input name="revision" type="number" min="0" max=${one.last.revision} required></label><button>Go</button></form>
    </div>
    <ol class="timeline">${shown.map((event, index) => entry(event, shown[index - 1], isNewest))}</ol>
    <nav class="pager" aria-label="Pages of the stream">
      <span class="muted">Revisions ${format.number(Math.min(shown[0]?.revision ?? 0, last?.revision ?? 0))} to
        ${format.number(Math.max(shown[0]?.revision ?? 0, last?.revision ?? 0))}</span>
      ${isPaged ? html`<a class="button" href=${address()}>${isNewest ? 'Newest' : 'Oldest'}</a>` : nothing}
      ${hasMore ? html`<a class="button" id="next" href=${address({ at: isNewest ? last.position : last.position + 1 })}>
        ${isNewest ? 'Earlier' : 'Later'}</a>` : nothing}
    </nav>`;
}

function entry(event, above, isNewest) {
  const isNewDay = !above || format.day(above.recorded) !== format.day(event.recorded);
  const between = !above ? '' : isNewest
    ? format.elapsed(event.recorded, above.recorded) : format.elapsed(above.recorded, event.recorded);
  return html`
    ${isNewDay ? html`<li class="day">${format.day(event.recorded)}</li>`
      : between ? html`<li class="gap">${between}</li>` : nothing}
    <li class=${event.compensates ? 'entry compensation' : 'entry'}>
      <a data-row class="card" href=${parts.link('event', { position: event.position })}>
        <span class="head">${parts.type(event.type)}
          <span class="muted">revision ${format.number(event.revision)}</span>
          ${event.actor ? html`<span class="muted">by ${parts.name(event.actor)}</span>` : nothing}
          ${event.compensates ? html`<span class="mark">compensates an earlier event</span>` : nothing}
          <time class="muted" datetime=${event.recorded} title="${event.recorded} (UTC)">${format.clock(event.recorded)}</time></span>
        ${event.reason ? html`<span class="reason">${format.visible(event.reason)}</span>` : nothing}
        ${parts.preview(event)}
        ${parts.tags(event.tags)}
      </a>
    </li>`;
}
