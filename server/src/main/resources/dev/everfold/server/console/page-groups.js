// Groups of persistent subscriptions: how far each is, and what it has parked.
import { html, nothing } from './lit-html.js';
import { get, replay } from './api.js';
import * as format from './format.js';
import * as parts from './parts.js';

const REFRESH_MILLIS = 2000;

export async function open(page) {
  page.draw(parts.loading());
  let failure;
  const refresh = async () => page.draw(view((await get('groups', {}, page.signal)).groups, failure, replayParked));
  async function replayParked(group) {
    try {
      failure = undefined;
      await replay(group.stream, group.group, page.signal);
    } catch (refused) {
      failure = refused;
    }
    await refresh().catch(page.fail);
  }
  await refresh();
  const timer = setInterval(() => document.visibilityState === 'visible' && refresh().catch(page.fail), REFRESH_MILLIS);
  page.signal.addEventListener('abort', () => clearInterval(timer));
}

const view = (groups, failure, replayParked) => html`
  <h1>Groups</h1>
  <p class="muted">Persistent subscriptions: the server keeps how far each group of clients is.</p>
  ${failure === undefined ? nothing : parts.problem(failure)}
  ${groups.length === 0
    ? parts.empty('No groups', 'Clients of KurrentDB make them; this server keeps them as events of the store.')
    : table(groups, replayParked)}`;

const table = (groups, replayParked) => html`
  <div class="table-box"><table class="rows" id="groups">
    <thead><tr><th>Stream</th><th>Group</th><th>Strategy</th><th class="number">Clients</th><th class="number">In flight</th>
      <th class="number">Behind</th><th class="number">Parked</th><th></th></tr></thead>
    <tbody>${groups.map((group) => html`
      <tr>
        <td class="wide">${group.stream === '$all' ? parts.name('$all') : parts.stream(group.stream)}</td>
        <td>${parts.name(group.group)}</td>
        <td>${format.visible(group.strategy)}</td>
        <td class="number">${format.number(group.clients)}</td>
        <td class="number">${format.number(group.inFlight)}</td>
        <td class="number">${format.number(Math.max(0, group.end - group.done))}</td>
        <td class="number">${group.parked === 0 ? '0' : html`
          <a href=${parts.link('stream', { stream: group.parkedStream })}>${format.number(group.parked)}</a>`}</td>
        <td>${group.parked === 0 ? nothing : html`<button @click=${() => replayParked(group)}>Replay</button>`}</td>
      </tr>`)}</tbody>
  </table></div>`;
