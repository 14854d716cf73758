// What the store holds and what happens in it now.
import { html, nothing } from './lit-html.js';
import { events, get } from './api.js';
import { samples } from './rates.js';
import { plot } from './plot.js';
import * as format from './format.js';
import * as parts from './parts.js';

const SIZES_MILLIS = 4000;
const TYPES_SHOWN = 10;
const EVENTS_SHOWN = 10;

export async function open(page) {
  const sizes = { at: [], bytes: [] };
  const shown = {};
  page.draw(parts.loading());
  // Not everybody may ask for them.
  shown.hints = await get('actions', {}, page.signal).then((answer) => answer.hints, () => []);
  await refresh(page, sizes, shown);
  if (page.signal.aborted) {
    return;
  }
  plots(page, sizes);
  const again = () => refresh(page, sizes, shown).catch((failure) => page.draw(view({ ...shown, failure })));
  const timer = setInterval(() => document.visibilityState === 'visible' && again(), SIZES_MILLIS);
  page.signal.addEventListener('abort', () => clearInterval(timer));
}

async function refresh(page, sizes, shown) {
  const [stats, { types }, newest] = await Promise.all([
    get('stats', {}, page.signal),
    get('types', {}, page.signal),
    events({ backwards: true, limit: EVENTS_SHOWN, bytesMax: 160 }, page.signal),
  ]);
  sizes.at.push(Date.now() / 1000);
  sizes.bytes.push(stats.bytes);
  dispatchEvent(new Event('sizes'));
  Object.assign(shown, { stats, types: Object.entries(types), newest });
  page.draw(view(shown));
}

const figure = (label, value, title = nothing) => html`
  <div class="figure" title=${title}><dt>${label}</dt><dd>${value}</dd></div>`;

function view({ stats, types, newest, hints, failure }) {
  return html`
    <h1>Overview</h1>
    ${failure ? parts.problem(failure) : nothing}
    ${hints.length === 0 ? nothing : html`
      <section id="hints"><h2>Try this</h2>
        <ol>${hints.map(({ text, page }) => html`<li><a href=${parts.link(page)}>${format.visible(text)}</a></li>`)}</ol>
      </section>`}
    <dl class="figures">
      ${figure('Events', format.number(stats.events))}
      ${figure('Streams', format.number(stats.streams))}
      ${figure('Types', format.number(types.length))}
      ${figure('Size', format.bytes(stats.bytes), `${format.number(stats.bytes)} bytes, all files included`)}
      ${figure('An event takes', stats.events === 0 ? '–' : format.bytes(Math.round(stats.bytes / stats.events)))}
    </dl>
    <div class="plots">
      <figure><figcaption>Events a second <output></output></figcaption><div id="plot-events"></div></figure>
      <figure><figcaption>Appends a second, by outcome</figcaption><div id="plot-appends"></div></figure>
      <figure><figcaption>Reads a second <output></output></figcaption><div id="plot-reads"></div></figure>
      <figure><figcaption>Size <output></output></figcaption><div id="plot-size"></div></figure>
    </div>
    <p class="muted small">Rates since this console was opened, at most 5 minutes; its own questions are among the reads.
      Lineage ${stats.lineage}.</p>
    ${stats.events === 0 ? welcome() : html`
      <section><h2>Newest events</h2>${parts.eventRows(newest)}</section>
      <section><h2>Types</h2>${typeRows(stats, types)}</section>`}`;
}

const welcome = () => html`
  <section class="empty"><h2>The store is empty</h2>
    <p>Append the first event <a href=${parts.link('append')}>by hand</a>, or from a shell:</p>
    <pre>curl -H 'Content-Type: application/cloudevents+json' '${location.origin}/events?expect=none' \\
  -d '{"specversion":"1.0","id":"${crypto.randomUUID()}","source":"/shop",
       "type":"order.placed","subject":"order-17","data":{"cents":1250}}'</pre></section>`;

function typeRows(stats, types) {
  const most = types.toSorted(([, one], [, other]) => other - one);
  return html`
    <div class="table-box"><table class="rows">
      <thead><tr><th>Type</th><th class="number">Events</th><th>Share</th></tr></thead>
      <tbody>${most.slice(0, TYPES_SHOWN).map(([type, count]) => html`
        <tr>
          <td class="wide"><a class="name" href=${parts.link('live', { type })} title="Follow events of this type">
            ${parts.type(type)}</a></td>
          <td class="number">${format.number(count)}</td>
          <td><progress max=${stats.events} value=${count} aria-label="share of all events"></progress></td>
        </tr>`)}</tbody>
    </table></div>
    ${most.length <= TYPES_SHOWN ? nothing : html`
      <p class="muted small">and ${format.counted(most.length - TYPES_SHOWN, 'more type')}.</p>`}`;
}

function plots(page, sizes) {
  const { signal } = page;
  const element = (id) => page.root.querySelector(id);
  const one = (id, label, column, colour) => plot({
    element: element(id),
    series: [{ label, colour, value: format.rate }],
    data: () => [samples.at, samples[column]],
    event: 'sample',
    signal,
  });
  one('#plot-events', 'events', 'events', '--accent');
  one('#plot-reads', 'reads', 'reads', '--second');
  plot({
    element: element('#plot-appends'),
    series: [
      { label: 'accepted', colour: '--good', value: format.rate },
      { label: 'conflicts', colour: '--warn', value: format.rate },
      { label: 'refused', colour: '--bad', value: format.rate },
    ],
    data: () => [samples.at, samples.accepted, samples.conflict, samples.refused],
    event: 'sample',
    signal,
  });
  plot({
    element: element('#plot-size'),
    series: [{ label: 'size', colour: '--third', value: format.bytes }],
    data: () => [sizes.at, sizes.bytes],
    event: 'sizes',
    signal,
  });
}
