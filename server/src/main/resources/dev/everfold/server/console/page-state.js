// What the events of a stream add up to at each revision, and what each of them changed.
import { html, nothing } from './lit-html.js';
import { get } from './api.js';
import * as format from './format.js';
import * as parts from './parts.js';

const PLAY_MILLIS = 700;

export async function open(page) {
  const stream = page.parameters.get('stream') ?? '';
  const state = { stream, answer: undefined, failure: undefined, asked: undefined, timer: undefined };
  let under = new AbortController();
  const draw = () => page.draw(view(state, show, play));

  /** The newest question wins; its answer is the one that is shown. */
  async function show(parameters) {
    under.abort();
    under = new AbortController();
    const mine = under;
    state.asked = parameters.revision;
    draw();
    try {
      state.answer = await get('state', { stream, ...parameters }, AbortSignal.any([page.signal, mine.signal]));
      state.failure = undefined;
      state.asked = state.answer.revision;
      history.replaceState(null, '', parts.link('state', { stream, revision: state.answer.revision }));
    } catch (failure) {
      if (mine.signal.aborted || failure.name === 'AbortError') {
        return;
      }
      state.failure = failure;
      state.asked = state.answer?.revision;
    }
    draw();
  }

  function play() {
    if (state.timer) {
      clearInterval(state.timer);
      state.timer = undefined;
    } else {
      const { answer } = state;
      let next = answer.revision === answer.lastRevision ? 0 : answer.revision + 1;
      const step = () => (next > answer.lastRevision ? play() : show({ revision: next++ }));
      state.timer = setInterval(step, PLAY_MILLIS);
      step();
    }
    draw();
  }

  page.signal.addEventListener('abort', () => clearInterval(state.timer));
  page.draw(parts.loading());
  await show({ revision: page.parameters.get('revision'), at: page.parameters.get('at') });
}

function view(state, show, play) {
  const { stream, answer, failure } = state;
  return html`
    <p class="crumbs"><a href=${parts.link('streams')}>Streams</a> / ${parts.stream(stream)}</p>
    <h1>State over time</h1>
    ${failure ? parts.problem(failure) : nothing}
    ${answer ? html`${controls(state, show, play)}${columns(answer)}` : failure ? nothing : parts.loading()}`;
}

function controls({ answer, asked, timer }, show, play) {
  const { lastRevision, revision } = answer;
  const at = asked ?? revision;
  const button = (text, label, to) => html`
    <button aria-label=${label} title=${label} ?disabled=${to < 0 || to > lastRevision || to === at} @click=${() => show({ revision: to })}>
      ${text}</button>`;
  const toDate = (event) => {
    event.preventDefault();
    const given = new FormData(event.target).get('at');
    show({ at: `${given}${given.length === 16 ? ':00' : ''}Z` });
  };
  return html`
    <div class="panel slider">
      <label for="revision">Revision <output>${format.number(at)}</output>
        <span class="muted">of ${format.number(lastRevision)}</span></label>
      <input id="revision" type="range" min="0" max=${lastRevision} step="1" .value=${String(at)}
        aria-valuetext=${`revision ${at} of ${lastRevision}`} @input=${(event) => show({ revision: Number(event.target.value) })}>
      <div class="bar">
        ${button('First', 'First revision', 0)} ${button('←', 'One revision back', at - 1)}
        <button @click=${play} ?disabled=${lastRevision === 0}>${timer ? 'Pause' : 'Play'}</button>
        ${button('→', 'One revision on', at + 1)} ${button('Last', 'Last revision', lastRevision)}
        <form class="inline" @submit=${toDate}><label>As recorded by (UTC)
          <input name="at" type="datetime-local" step="1" required .value=${answer.event.recorded.slice(0, 19)}></label>
          <button>Show</button></form>
      </div>
    </div>`;
}

function columns({ event, state, differences, reducer, revision }) {
  return html`
    <div class="columns">
      <section class="panel"><h2>State after revision ${format.number(revision)}
        <span class="muted count">${reducer === 'registered' ? 'by the application’s reducer' : 'the data of all events, merged'}</span></h2>
        ${document_(state, differences)}
      </section>
      <section class="panel"><h2>What this event changed <span class="muted count">${format.number(differences.length)}</span></h2>
        ${changes(differences)}
        <h2>Event</h2>
        <p class="head">${parts.type(event.type)}
          <a href=${parts.link('event', { position: event.position })}>position ${format.number(event.position)}</a></p>
        <p class="muted">${parts.time(event.recorded)} UTC ${event.actor ? html`by ${parts.name(event.actor)}` : nothing}</p>
        ${event.reason ? html`<p>${format.visible(event.reason)}</p>` : nothing}
        <pre tabindex="0">${event.dataBytes === 0 ? 'no data' : format.visibleText(parts.pretty(event.data ?? event.dataBase64))}</pre>
      </section>
    </div>`;
}

const value = (json) => format.visible(JSON.stringify(json));

function changes(differences) {
  if (differences.length === 0) {
    return html`<p class="muted">Nothing in the state.</p>`;
  }
  return html`
    <ul class="changes">${differences.map((one) => html`
      <li><code class="path">${format.visible(one.path === '' ? '(all)' : one.path)}</code>
        ${'before' in one ? html`<del>${value(one.before)}</del>` : nothing}
        ${'after' in one ? html`<ins>${value(one.after)}</ins>` : nothing}</li>`)}</ul>`;
}

/** The state with one member a line; what the event changed is marked. */
function document_(state, differences) {
  const changed = new Set(differences.filter((one) => 'after' in one).map((one) => one.path));
  const lines = [];
  write(lines, state, '', '', '', '', changed, false);
  return html`<pre class="document" tabindex="0">${lines.map(({ text, isChanged }) => html`<span
    class=${isChanged ? 'line changed' : 'line'}>${format.visible(text)}</span>`)}</pre>`;
}

function write(lines, json, path, indent, before, after, changed, isWithin) {
  const isChanged = isWithin || changed.has(path);
  const add = (text) => lines.push({ text, isChanged });
  const isRaw = JSON.isRawJSON?.(json);
  const members = !isRaw && json !== null && typeof json === 'object' ? Object.entries(json) : [];
  if (members.length === 0) {
    add(`${indent}${before}${JSON.stringify(json)}${after}`);
    return;
  }
  const isArray = Array.isArray(json);
  add(`${indent}${before}${isArray ? '[' : '{'}`);
  members.forEach(([name, member], index) => write(lines, member,
    `${path}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`, `${indent}  `,
    isArray ? '' : `${JSON.stringify(name)}: `, index < members.length - 1 ? ',' : '', changed, isChanged));
  add(`${indent}${isArray ? ']' : '}'}${after}`);
}
