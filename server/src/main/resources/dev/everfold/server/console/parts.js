// What several pages show alike.
import { html, nothing } from './lit-html.js';
import { parse, query } from './api.js';
import * as format from './format.js';

/** `#/stream?stream=…`; names are encoded, whatever they hold. */
export const link = (path, parameters) => `#/${path}${query(parameters)}`;

export const problem = (failure) => html`
  <div class="problem" role="alert">
    <strong>${failure.problem?.title ?? 'That did not work'}</strong>
    <p>${format.visibleText(failure.message)}</p>
    ${failure.problem?.stored === undefined ? nothing : html`
      <p class="muted">Stored: ${failure.problem.stored}.
        ${failure.problem.retryable ? 'The same request may succeed later.' : ''}</p>`}
  </div>`;

export const empty = (title, text) => html`<div class="empty"><h2>${title}</h2><p>${text}</p></div>`;

export const loading = () => html`<p class="muted loading" aria-live="polite">Loading …</p>`;

export const name = (text) => html`<bdi class="name">${format.visible(text)}</bdi>`;

export const stream = (text) => html`
  <a class="name" href=${link('stream', { stream: text })} title=${format.visible(text)}><bdi>${format.visible(text)}</bdi></a>`;

export const type = (text) => html`
  <bdi class=${text.startsWith('$') ? 'type system' : 'type'} title=${format.visible(text)}>${format.visible(text)}</bdi>`;

export const tags = (list) => (list.length === 0 ? nothing : html`
  <span class="tags">${list.map((tag) => html`<bdi class="tag">${format.visible(tag)}</bdi>`)}</span>`);

export const time = (iso) => html`<time datetime=${iso} title="${iso} (UTC)">${format.time(iso)}</time>`;

export const category = (stream) => (stream.includes('-') ? stream.slice(0, stream.indexOf('-')) : stream);

const isDataCut = (event) => event.isCut && new TextEncoder().encode(event.data).length < event.dataBytes;

/** Data of an event on one line. */
export function preview(event) {
  if (event.dataBytes === 0) {
    return html`<span class="muted">no data</span>`;
  }
  const text = event.data === undefined ? `binary, ${format.bytes(event.dataBytes)}` : event.data.replace(/\s+/g, ' ');
  return html`<code class="preview">${format.visible(text)}${isDataCut(event) ? '…' : ''}</code>`;
}

/** JSON with one member a line; whatever else it is, as it is. */
export function pretty(text) {
  try {
    return JSON.stringify(parse(text), null, 2);
  } catch {
    return text;
  }
}

/** A list of events, each a row that leads to its page. */
export const eventRows = (events, withStream = true) => html`
  <div class="table-box"><table class="rows">
    <thead><tr>
      <th class="number">Position</th><th>Recorded (UTC)</th>
      ${withStream ? html`<th>Stream</th>` : nothing}<th>Type</th><th>Data</th>
    </tr></thead>
    <tbody>${events.map((event) => html`
      <tr>
        <td class="number"><a data-row href=${link('event', { position: event.position })}>${format.number(event.position)}</a></td>
        <td class="nowrap">${time(event.recorded)}</td>
        ${withStream ? html`<td class="wide">${stream(event.stream)}</td>` : nothing}
        <td>${type(event.type)}</td>
        <td class="widest">${preview(event)}</td>
      </tr>`)}</tbody>
  </table></div>`;
