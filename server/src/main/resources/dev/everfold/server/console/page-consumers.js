// Projections, subscriptions and reactions, as far as applications report them.
import { html } from './lit-html.js';
import { get } from './api.js';
import * as format from './format.js';
import * as parts from './parts.js';

const REFRESH_MILLIS = 2000;
const SILENT_SECONDS = 60;

export async function open(page) {
  page.draw(parts.loading());
  const refresh = async () => page.draw(view(await get('consumers', {}, page.signal)));
  await refresh();
  const timer = setInterval(() => document.visibilityState === 'visible' && refresh().catch(page.fail), REFRESH_MILLIS);
  page.signal.addEventListener('abort', () => clearInterval(timer));
}

const view = ({ consumers, nextPosition }) => html`
  <h1>Consumers</h1>
  <p class="muted">Projections, subscriptions and reactions, as their applications report them.
    The store has ${format.counted(nextPosition, 'event')}.</p>
  ${consumers.length === 0 ? none() : table(consumers)}`;

const none = () => html`
  <section class="empty"><h2>No application reports</h2>
    <p>The server knows nothing of an application’s consumers by itself. An application says how far each has come,
      every few seconds; what was not repeated for 10 minutes is forgotten.</p>
    <pre>curl -H 'Content-Type: application/json' ${location.origin}/consumers \\
  -d '{"name":"balances","kind":"projection","position":41,"status":"live"}'</pre></section>`;

const table = (consumers) => html`
  <div class="table-box"><table class="rows" id="consumers">
    <thead><tr><th>Name</th><th>Kind</th><th>Status</th><th class="number">Next position</th><th class="number">Lag</th>
      <th class="number">Said</th><th>Detail</th></tr></thead>
    <tbody>${consumers.map((one) => html`
      <tr>
        <td class="wide">${parts.name(one.name)}</td>
        <td>${one.kind}</td>
        <td><span class=${`status ${one.secondsAgo > SILENT_SECONDS ? 'warn' : 'good'}`}>
          ${one.secondsAgo > SILENT_SECONDS ? 'silent' : format.visible(one.status)}</span></td>
        <td class="number">${format.number(one.position)}</td>
        <td class="number">${format.number(one.lag)}</td>
        <td class="number">${format.number(one.secondsAgo)} s ago</td>
        <td class="widest">${format.visible(one.detail)}</td>
      </tr>`)}</tbody>
  </table></div>`;
