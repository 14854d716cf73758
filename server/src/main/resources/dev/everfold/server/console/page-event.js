// One event: what it is, and what led to what.
import { html, nothing } from './lit-html.js';
import { get, query } from './api.js';
import { graph, showFocus } from './graph.js';
import * as format from './format.js';
import * as parts from './parts.js';

export async function open(page) {
  page.draw(parts.loading());
  const given = (name) => page.parameters.get(name);
  const answer = await get('event', { position: given('position'), id: given('id'), stream: given('stream'),
    revision: given('revision') }, page.signal);
  const state = { isRaw: false };
  const draw = () => page.draw(view(answer, state, draw));
  draw();
  showFocus(page.root);
}

const row = (label, value) => (!value ? nothing : html`<dt>${label}</dt><dd>${value}</dd>`);

function view({ event, lastRevision, nodes, links, isCut }, state, draw) {
  return html`
    <p class="crumbs"><a href=${parts.link('streams')}>Streams</a> / ${parts.stream(event.stream)}</p>
    <h1>${parts.type(event.type)}</h1>
    <div class="bar">
      ${event.revision === 0 ? nothing : html`<a class="button" rel="prev"
        href=${parts.link('event', { stream: event.stream, revision: event.revision - 1 })}>← Revision ${event.revision - 1}</a>`}
      ${event.revision === lastRevision ? nothing : html`<a class="button" rel="next"
        href=${parts.link('event', { stream: event.stream, revision: event.revision + 1 })}>Revision ${event.revision + 1} →</a>`}
      <a class="button primary" href=${parts.link('state', { stream: event.stream, revision: event.revision })}>State here</a>
    </div>
    <div class="columns">
      <section class="panel"><h2>Event</h2>
        <dl class="facts">
          ${row('Stream', parts.stream(event.stream))}
          ${row('Revision', format.number(event.revision))}
          ${row('Position', format.number(event.position))}
          ${row('Recorded', html`${parts.time(event.recorded)} UTC`)}
          ${row('Occurred', event.occurred && html`${parts.time(event.occurred)} UTC`)}
          ${row('Id', html`<code>${event.id}</code>`)}
          ${row('Tags', event.tags.length > 0 && parts.tags(event.tags))}
          ${row('Who', event.actor && parts.name(event.actor))}
          ${row('Why', event.reason && format.visible(event.reason))}
          ${row('Correlation', event.correlation && parts.name(event.correlation))}
          ${row('Content type', format.visible(event.contentType))}
        </dl>
      </section>
      <section class="panel"><h2>Data <span class="muted count">${format.bytes(event.dataBytes)}</span>
        <span class="actions">
          <button class="quiet" aria-pressed=${state.isRaw} @click=${() => { state.isRaw = !state.isRaw; draw(); }}>Raw</button>
          <a class="button quiet" download href=${`event/data${query({ position: event.position })}`}>Download</a>
        </span></h2>
        ${content(event.data, event.dataBase64, event.dataBytes, state.isRaw)}
        <h2>Metadata <span class="muted count">${format.bytes(event.metadataBytes)}</span></h2>
        ${content(event.metadata, event.metadataBase64, event.metadataBytes, state.isRaw)}
      </section>
    </div>
    <section><h2>Causes and effects</h2>
      ${graph({ focus: event.id, nodes, links })}
      ${isCut ? html`<p class="muted small">There are more events in this conversation; the nearest are shown.</p>` : nothing}
      ${conversation(event, nodes)}
    </section>`;
}

function content(text, base64, bytes, isRaw) {
  if (bytes === 0) {
    return html`<p class="muted">None.</p>`;
  }
  if (text === undefined) {
    return html`<p class="muted">Not text; in base 64:</p><pre tabindex="0">${base64}</pre>`;
  }
  return html`<pre tabindex="0">${format.visibleText(isRaw ? text : parts.pretty(text))}</pre>`;
}

function conversation(event, nodes) {
  const known = nodes.filter((node) => node.kind === 'event');
  if (known.length < 2) {
    return nothing;
  }
  return html`
    <h3>All of them in order</h3>
    <div class="table-box"><table class="rows" id="conversation">
      <thead><tr><th class="number">Position</th><th>Recorded (UTC)</th><th>Type</th><th>Stream</th><th>Who and why</th></tr></thead>
      <tbody>${known.map((node) => html`
        <tr class=${node.id === event.id ? 'here' : nothing}>
          <td class="number"><a data-row href=${parts.link('event', { position: node.position })}>${format.number(node.position)}</a></td>
          <td class="nowrap">${parts.time(node.recorded)}</td>
          <td>${parts.type(node.type)}</td>
          <td class="wide">${parts.stream(node.stream)}</td>
          <td class="widest">${node.actor ? parts.name(node.actor) : ''} ${node.reason ? format.visible(node.reason) : ''}</td>
        </tr>`)}</tbody>
    </table></div>`;
}
