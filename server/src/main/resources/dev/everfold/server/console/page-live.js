// Events as they come, by server-sent events.
import { html, nothing } from './lit-html.js';
import { getText, query } from './api.js';
import * as format from './format.js';
import * as parts from './parts.js';

const ROWS_MAX = 200;
const WAITING_MAX = 10000;
const PREVIEW_BYTES = 240;
const FILTERS = { stream: 'Stream', category: 'Category', type: 'Type', tag: 'Tag' };
const SEVERAL = ['type', 'tag'];

export async function open(page) {
  const filters = {};
  for (const name of Object.keys(FILTERS)) {
    const values = page.parameters.getAll(name).filter((one) => one !== '');
    filters[name] = SEVERAL.includes(name) ? values : values[0];
  }
  const state = { filters, rows: [], waiting: [], seen: 0, left: 0, isPaused: false, status: 'connecting', failure: undefined };
  const draw = () => page.draw(view(state, page, pause));
  let isDue = false;
  const soon = () => {
    if (!isDue) {
      isDue = true;
      requestAnimationFrame(() => {
        isDue = false;
        draw();
      });
    }
  };
  const take = (event) => {
    state.seen++;
    (state.isPaused ? state.waiting : state.rows).unshift(event);
    state.rows.length = Math.min(state.rows.length, ROWS_MAX);
    if (state.waiting.length > WAITING_MAX) {
      state.waiting.pop();
      state.left++;
    }
    soon();
  };
  function pause() {
    state.isPaused = !state.isPaused;
    if (!state.isPaused) {
      state.rows = [...state.waiting, ...state.rows].slice(0, ROWS_MAX);
      state.waiting = [];
    }
    draw();
  }
  draw();
  follow(page, state, take, draw);
}

function follow(page, state, take, draw) {
  const parameters = { ...state.filters, form: 'plain', bytesMax: PREVIEW_BYTES };
  const source = new EventSource(`events/live${query(parameters)}`);
  page.signal.addEventListener('abort', () => source.close());
  source.onopen = () => {
    state.status = 'live';
    state.failure = undefined;
    draw();
  };
  source.onmessage = (message) => take(JSON.parse(message.data));
  source.onerror = async () => {
    state.status = source.readyState === EventSource.CLOSED ? 'ended' : 'connecting again';
    draw();
    if (source.readyState === EventSource.CLOSED) {
      // A source does not say why it was refused; a question with the same filters does.
      await getText('events', { ...parameters, limit: 1 }, page.signal).catch((failure) => {
        state.failure = failure;
      });
      draw();
    }
  };
}

function view(state, page, pause) {
  const { filters, rows, waiting, status } = state;
  const apply = (event) => {
    event.preventDefault();
    const form = new FormData(event.target);
    const values = (name) => (SEVERAL.includes(name)
      ? form.get(name).split(/\s*,\s*/).filter((one) => one !== '') : form.get(name));
    page.go('live', Object.fromEntries(Object.keys(FILTERS).map((name) => [name, values(name)])));
  };
  return html`
    <h1>Live <span class=${`status ${status === 'live' ? 'good' : 'warn'}`} role="status">${state.isPaused ? 'paused' : status}</span></h1>
    <form class="bar" @submit=${apply}>
      ${Object.entries(FILTERS).map(([name, label]) => html`
        <label>${label}<input name=${name} .value=${[filters[name] ?? ''].flat().join(', ')} autocomplete="off" spellcheck="false"
          placeholder=${SEVERAL.includes(name) ? 'a, b' : ''}></label>`)}
      <button class="primary">Apply</button>
      <button type="button" id="pause" aria-pressed=${state.isPaused} @click=${pause}>${state.isPaused ? 'Go on' : 'Pause'}</button>
    </form>
    ${state.failure ? parts.problem(state.failure) : nothing}
    <p class="muted small" aria-live="off">${format.counted(state.seen, 'event')} since this page was opened${
      waiting.length > 0 ? `, ${format.number(waiting.length)} waiting` : ''}${
      state.left > 0 ? `, ${format.number(state.left)} of them left out` : ''}${
      state.seen > ROWS_MAX ? `; the last ${ROWS_MAX} are shown` : ''}. Types: any of them; tags: all of them.</p>
    ${rows.length > 0 ? parts.eventRows(rows) : parts.empty('Waiting for events',
      html`What is appended from now on appears here. <a href=${parts.link('append')}>Append one</a> to try.`)}`;
}
