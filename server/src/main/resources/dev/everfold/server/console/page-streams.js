// Streams, a page at a time, and what they are looked for by. Never more than one page is asked for or drawn.
import { html, nothing } from './lit-html.js';
import { get } from './api.js';
import * as format from './format.js';
import * as parts from './parts.js';

const PAGE = 50;
const CATEGORIES_SHOWN = 40;
const MODES = { stream: 'is exactly', prefix: 'begins with', category: 'is of category' };

export async function open(page) {
  const mode = Object.keys(MODES).find((one) => page.parameters.has(one)) ?? 'prefix';
  const asked = { mode, text: page.parameters.get(mode) ?? '', order: page.parameters.get('order') ?? 'newest',
    at: page.parameters.get('at') };
  const state = { asked, streams: [], isLooking: true, lookedAt: 0, categories: undefined, stats: undefined };
  const draw = () => page.draw(view(state, page));
  draw();
  const catalogue = Promise.all([
    get('categories', { limit: CATEGORIES_SHOWN }, page.signal), get('stats', {}, page.signal)])
    .then(([categories, stats]) => Object.assign(state, { categories, stats })).then(draw);
  await Promise.all([look(state, page.signal, draw), catalogue]);
}

/** Asks until a page is full or all was looked at: with a prefix, one answer covers only so many streams. */
async function look(state, signal, draw) {
  const { mode, text, order, at } = state.asked;
  const isNewest = order === 'newest';
  let next = at;
  do {
    const found = await get('streams', {
      [mode]: text, last: true, limit: PAGE - state.streams.length, backwards: isNewest, [isNewest ? 'to' : 'from']: next,
    }, signal);
    state.streams.push(...found.streams);
    state.lookedAt += found.lookedAt ?? 0;
    next = found.next;
    draw();
  } while (next !== undefined && state.streams.length < PAGE && !state.isStopped);
  state.next = next;
  state.isLooking = false;
  draw();
}

const address = (asked, more) => ({ [asked.mode]: asked.text, order: asked.order === 'newest' ? '' : asked.order, ...more });

function view(state, page) {
  const { asked, streams, categories, stats } = state;
  const search = (event) => {
    event.preventDefault();
    const form = new FormData(event.target);
    page.go('streams', address({ mode: form.get('mode'), text: form.get('text'), order: form.get('order') }));
  };
  return html`
    <h1>Streams ${stats ? html`<span class="muted count">${format.number(stats.streams)}</span>` : nothing}</h1>
    <form class="bar" role="search" @submit=${search}>
      <label>Name
        <select name="mode">${Object.entries(MODES).map(([mode, text]) => html`
          <option value=${mode} ?selected=${mode === asked.mode}>${text}</option>`)}</select></label>
      <label class="grow"><span class="visually-hidden">Text</span>
        <input name="text" .value=${asked.text} placeholder="order-17" autocomplete="off" spellcheck="false"></label>
      <label>Order
        <select name="order">
          <option value="newest" ?selected=${asked.order === 'newest'}>newest first</option>
          <option value="oldest" ?selected=${asked.order !== 'newest'}>oldest first</option>
        </select></label>
      <button class="primary">Search</button>
    </form>
    ${categories ? categoryList(categories, asked) : nothing}
    ${rows(state)}
    <nav class="pager" aria-label="Pages of streams">
      <span class="muted" aria-live="polite">${progress(state)}</span>
      ${state.isLooking && state.lookedAt > 0 ? html`<button @click=${() => { state.isStopped = true; }}>Stop</button>` : nothing}
      ${asked.at ? html`<a class="button" href=${parts.link('streams', address(asked))}>First page</a>` : nothing}
      ${state.next === undefined ? nothing : html`
        <a class="button" id="next" href=${parts.link('streams', address(asked, { at: state.next }))}>Next page</a>`}
    </nav>`;
}

function progress({ streams, isLooking, lookedAt, next }) {
  const found = format.counted(streams.length, 'stream');
  const among = lookedAt === 0 ? '' : ` among ${format.number(lookedAt)} looked at`;
  return isLooking ? `Looking … ${found}${among}` : `${found}${among}${next === undefined ? ', the last page' : ''}`;
}

const categoryList = ({ categories, next, isComplete, others }, asked) => (categories.length === 0 ? nothing : html`
  <ul class="chips" aria-label="Categories">
    ${categories.map((one) => html`
      <li><a class="chip" href=${parts.link('streams', { category: one.category })}
        aria-current=${asked.mode === 'category' && asked.text === one.category ? 'true' : nothing}
        title=${format.visible(one.category)}>${parts.name(one.category)} <small>${format.number(one.streams)}</small></a></li>`)}
    ${next === undefined && others === 0 && isComplete ? nothing : html`<li class="muted small">and more</li>`}
  </ul>`);

function rows({ streams, isLooking, asked }) {
  if (streams.length === 0) {
    return isLooking ? parts.loading() : parts.empty('No streams', asked.text === ''
      ? html`Nothing was appended yet. <a href=${parts.link('append')}>Append an event</a>.`
      : `No stream ${MODES[asked.mode]} “${format.visible(asked.text)}”. Names are compared letter by letter.`);
  }
  return html`
    <div class="table-box"><table class="rows" id="streams">
      <thead><tr><th>Stream</th><th class="number">Events</th><th>Last type</th><th>Last event (UTC)</th><th>Began (UTC)</th></tr></thead>
      <tbody>${streams.map((one) => html`
        <tr>
          <td class="widest"><a data-row class="name" href=${parts.link('stream', { stream: one.stream })}
            title=${format.visible(one.stream)}><bdi>${format.visible(one.stream)}</bdi></a></td>
          <td class="number">${one.last ? format.number(one.last.revision + 1) : '–'}</td>
          <td>${parts.type((one.last ?? one).type)}</td>
          <td class="nowrap">${parts.time((one.last ?? one).recorded)}</td>
          <td class="nowrap">${parts.time(one.recorded)}</td>
        </tr>`)}</tbody>
    </table></div>`;
}
