// What the application that runs this server lets people do: a button each, and what came of it.
import { html, nothing } from './lit-html.js';
import { act, get } from './api.js';
import * as format from './format.js';
import * as parts from './parts.js';

export async function open(page) {
  page.draw(parts.loading());
  const { actions } = await get('actions', {}, page.signal);
  const said = new Map();
  const draw = () => page.draw(view(actions, said, run));

  async function run(event, action) {
    event.preventDefault();
    const value = new FormData(event.target).get('value') ?? '';
    said.set(action.name, { isRunning: true });
    draw();
    try {
      const answer = await act(action.name, value, page.signal);
      said.set(action.name, { text: answer.said });
    } catch (failure) {
      said.set(action.name, { failure });
    }
    draw();
  }

  draw();
}

const view = (actions, said, run) => html`
  <h1>Actions</h1>
  ${actions.length === 0
    ? parts.empty('No actions', 'An application that runs this server in its own process can offer some here.')
    : actions.map((action) => card(action, said.get(action.name) ?? {}, run))}`;

const card = (action, { isRunning, text, failure }, run) => html`
  <section class="card action" id=${`action-${action.name}`}>
    <h2>${format.visible(action.title)}</h2>
    <p class="muted">${format.visible(action.explanation)}</p>
    <form @submit=${(event) => run(event, action)}>
      ${action.label === undefined ? nothing : html`
        <label>${format.visible(action.label)} <input name="value" .value=${action.initial} autocomplete="off"></label>`}
      <button class="primary" ?disabled=${isRunning}>${isRunning ? 'Working …' : format.visible(action.title)}</button>
    </form>
    <div role="status">${text === undefined ? nothing : html`<p class="said">${format.visible(text)}</p>`}</div>
    ${failure === undefined ? nothing : parts.problem(failure)}
  </section>`;
