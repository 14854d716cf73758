// One event, appended by hand, under conditions.
import { html, nothing } from './lit-html.js';
import { append } from './api.js';
import * as format from './format.js';
import * as parts from './parts.js';

const SOURCE = '/everfold/console';
const list = (text) => text.split(',').map((one) => one.trim()).filter((one) => one !== '');

export function open(page) {
  const given = (name) => page.parameters.get(name) ?? '';
  const state = { stream: given('stream'), expect: given('expect'), key: crypto.randomUUID(), id: crypto.randomUUID(),
    isSending: false, answer: undefined, failure: undefined, appended: undefined };
  const draw = () => page.draw(view(state, send));

  async function send(event) {
    event.preventDefault();
    const form = new FormData(event.target);
    Object.assign(state, { answer: undefined, failure: undefined, isSending: true });
    draw();
    try {
      state.answer = await append(cloudEvent(form, state), conditions(form), state.key, page.signal);
      state.appended = form.get('stream');
    } catch (failure) {
      state.failure = failure;
    }
    // Whether it was stored may be unknown: then the same append once more is harmless, and answered as the first time.
    if (state.failure?.problem?.stored !== 'unknown' && state.failure?.status !== 0) {
      Object.assign(state, { key: crypto.randomUUID(), id: crypto.randomUUID() });
    }
    state.isSending = false;
    draw();
    page.root.querySelector('#answer')?.focus();
  }

  draw();
}

function cloudEvent(form, { id }) {
  const event = { specversion: '1.0', id, source: SOURCE, type: form.get('type'), subject: form.get('stream') };
  const tags = list(form.get('tags'));
  const isText = form.get('content') === 'text';
  const data = form.get('data');
  if (tags.length > 0) {
    event.tags = tags.join(',');
  }
  for (const name of ['actor', 'reason']) {
    if (form.get(name) !== '') {
      event[name] = form.get(name);
    }
  }
  event.datacontenttype = isText ? 'text/plain' : 'application/json';
  if (isText) {
    event.data = data;
  } else if (data.trim() !== '') {
    try {
      event.data = JSON.rawJSON ? embedded(data) : JSON.parse(data);
    } catch (malformed) {
      throw new Error(`The data is not JSON: ${malformed.message}. Correct it, or choose text.`, { cause: malformed });
    }
  }
  return event;
}

/** JSON with all digits of its numbers. */
const embedded = (text) => JSON.parse(text, (_, value, { source }) => (typeof value === 'number' ? JSON.rawJSON(source) : value));

function conditions(form) {
  const expect = form.get('expect') === 'revision' ? form.get('revision') : form.get('expect');
  return {
    expect: expect === 'any' ? '' : expect,
    unlessType: list(form.get('unlessType')),
    unlessTag: list(form.get('unlessTag')),
    unlessFrom: form.get('unlessType') + form.get('unlessTag') === '' ? '' : form.get('unlessFrom'),
  };
}

function view(state, send) {
  const isRevision = /^\d+$/.test(state.expect);
  const expectation = (value, text, more = nothing) => html`
    <label class="choice"><input type="radio" name="expect" value=${value}
      ?checked=${isRevision ? value === 'revision' : value === (state.expect || 'any')}> ${text} ${more}</label>`;
  return html`
    <h1>Append</h1>
    <form class="sheet" @submit=${send}>
      <section class="panel"><h2>Event</h2>
        <label>Stream <input name="stream" required .value=${state.stream} autocomplete="off" spellcheck="false" placeholder="order-17"></label>
        <label>Type <input name="type" required autocomplete="off" spellcheck="false" placeholder="order.placed"></label>
        <label>Data <textarea name="data" rows="7" spellcheck="false" placeholder='{"cents": 1250}'></textarea></label>
        <div class="bar">
          <label class="choice"><input type="radio" name="content" value="json" checked> JSON</label>
          <label class="choice"><input type="radio" name="content" value="text"> Text</label>
        </div>
        <label>Tags, separated by commas <input name="tags" autocomplete="off" spellcheck="false" placeholder="order:17, customer:ada"></label>
        <label>Who <input name="actor" autocomplete="off"></label>
        <label>Why <input name="reason" autocomplete="off" placeholder="what an auditor will want to know"></label>
      </section>
      <section class="panel"><h2>Only if the stream</h2>
        <fieldset class="choices"><legend class="visually-hidden">Only if the stream</legend>
          ${expectation('any', 'is in whatever state')}
          ${expectation('none', 'does not exist yet')}
          ${expectation('exists', 'exists')}
          ${expectation('revision', 'ends with revision', html`<input name="revision" type="number" min="0" aria-label="Revision"
            .value=${isRevision ? state.expect : ''} @input=${(event) => {
              event.target.closest('label').querySelector('[type=radio]').checked = true;
            }}>`)}
        </fieldset>
        <h2>And only if nothing matches</h2>
        <p class="muted small">An event of any of these types, with all of these tags, at this position or after it, refuses the append.
          Left empty, nothing is asked.</p>
        <label>Types <input name="unlessType" autocomplete="off" spellcheck="false"></label>
        <label>Tags <input name="unlessTag" autocomplete="off" spellcheck="false"></label>
        <label>From position <input name="unlessFrom" type="number" min="0" value="0"></label>
        <button class="primary" ?disabled=${state.isSending}>${state.isSending ? 'Appending …' : 'Append'}</button>
      </section>
    </form>
    <div id="answer" tabindex="-1" aria-live="polite">
      ${state.failure ? parts.problem(state.failure) : nothing}
      ${state.answer ? success(state) : nothing}
    </div>`;
}

const success = ({ answer, appended }) => html`
  <div class="success"><strong>Appended</strong>
    <p>${parts.stream(appended)}, revision ${format.number(answer.revisions[0])}, at
      <a href=${parts.link('event', { position: answer.fromPosition })}>position ${format.number(answer.fromPosition)}</a>.</p></div>`;
