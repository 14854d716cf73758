// Events and what led to what, as a graph: causes on the left, effects on the right.
import { html, nothing, svg } from './lit-html.js';
import * as format from './format.js';
import * as parts from './parts.js';

const NODES_MAX = 60;
const WIDTH = 188;
const HEIGHT = 44;
const GAP_X = 64;
const GAP_Y = 16;
const MARGIN = 8;
const DIP = 26;
const KINDS = { causation: 'caused', command: 'command led to', compensation: 'compensates' };

export function graph({ focus, nodes, links: all }) {
  const links = withoutLoneCommands(focus, nodes, all);
  const shown = connected(focus, nodes, links);
  if (shown.size < 2) {
    return html`<p class="muted">No cause, effect or compensation of this event is known.
      Effects are found within its conversation (correlation) and by the command that led to them.</p>`;
  }
  const places = layout([...shown.values()], links);
  const width = Math.max(...[...places.values()].map(({ x }) => x)) + WIDTH + MARGIN;
  const height = Math.max(...[...places.values()].map(({ y }) => y)) + HEIGHT + MARGIN + DIP;
  const drawn = links.filter(({ from, to }) => places.has(from) && places.has(to));
  return html`
    <div class="graph-box" tabindex="0" role="group" aria-label="Graph of causes and effects">
      <svg class="graph" width=${width} height=${height} viewBox="0 0 ${width} ${height}">
        <defs>
          <marker id="arrow" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto-start-reverse">
            <path d="M0 0 8 4 0 8z" class="head"/>
          </marker>
        </defs>
        ${drawn.map((link) => edge(link, places))}
        ${[...shown.values()].map((node) => box(node, places.get(node.id), node.id === focus))}
      </svg>
    </div>
    <p class="legend muted small">
      ${Object.entries(KINDS).filter(([kind]) => drawn.some((link) => link.kind === kind)).map(([kind, text]) => html`
        <span><svg width="30" height="8" aria-hidden="true"><path class=${`edge ${kind}`} d="M0 4H30"/></svg> ${text}</span>`)}
    </p>`;
}

/** A command that led to one other event says little more than that event does. */
function withoutLoneCommands(focus, nodes, links) {
  const commands = new Set(nodes.filter((node) => node.kind === 'command').map((node) => node.id));
  return links.filter(({ from, to }) => !commands.has(from) || to === focus
    || links.filter((other) => other.from === from).length > 1);
}

/** What hangs together with the event, the nearest first. */
function connected(focus, nodes, links) {
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const neighbours = new Map(nodes.map((node) => [node.id, []]));
  for (const { from, to } of links) {
    neighbours.get(from)?.push(to);
    neighbours.get(to)?.push(from);
  }
  const found = new Map([[focus, byId.get(focus)]]);
  for (const id of found.keys()) {
    for (const next of neighbours.get(id) ?? []) {
      if (found.size < NODES_MAX && byId.has(next)) {
        found.set(next, byId.get(next));
      }
    }
  }
  return found;
}

/** Columns by the longest way from a cause, a command just before what it led to; rows by position in the log. */
function layout(nodes, links) {
  const isCommand = new Map(nodes.map((node) => [node.id, node.kind === 'command']));
  const causes = new Map(nodes.map((node) => [node.id, []]));
  for (const { kind, from, to } of links) {
    const [earlier, later] = kind === 'compensation' ? [to, from] : [from, to];
    if (causes.has(earlier) && causes.has(later) && !isCommand.get(earlier)) {
      causes.get(later).push(earlier);
    }
  }
  const columns = new Map();
  const column = (id, path) => {
    if (!columns.has(id)) {
      const above = causes.get(id).filter((cause) => !path.has(cause));
      columns.set(id, above.length === 0 ? 0 : 1 + Math.max(...above.map((cause) => column(cause, new Set([...path, id])))));
    }
    return columns.get(id);
  };
  nodes.filter((node) => !isCommand.get(node.id)).forEach((node) => column(node.id, new Set([node.id])));
  for (const [id] of [...isCommand].filter(([, is]) => is)) {
    const effects = links.filter(({ from, to }) => from === id && columns.has(to)).map(({ to }) => columns.get(to));
    columns.set(id, Math.min(...effects) - 1);
  }
  const first = Math.min(...columns.values());
  const used = [];
  const places = new Map();
  for (const node of nodes.toSorted((one, other) => (one.position ?? Infinity) - (other.position ?? Infinity) || 0)) {
    const at = columns.get(node.id) - first;
    used[at] = (used[at] ?? 0) + 1;
    places.set(node.id, { x: MARGIN + at * (WIDTH + GAP_X), y: MARGIN + (used[at] - 1) * (HEIGHT + GAP_Y) });
  }
  return places;
}

function edge({ kind, from, to }, places) {
  const a = places.get(from);
  const b = places.get(to);
  let path;
  if (a.x < b.x) {
    const [x1, y1, x2, y2] = [a.x + WIDTH, a.y + HEIGHT / 2, b.x, b.y + HEIGHT / 2];
    path = `M${x1} ${y1}C${x1 + GAP_X / 2} ${y1} ${x2 - GAP_X / 2} ${y2} ${x2} ${y2}`;
  } else if (a.x > b.x) {
    const [x1, y1, x2, y2] = [a.x + WIDTH / 2, a.y + HEIGHT, b.x + WIDTH / 2, b.y + HEIGHT];
    const below = Math.max(y1, y2) + DIP;
    path = `M${x1} ${y1}C${x1 - GAP_X} ${below} ${x2 + GAP_X} ${below} ${x2} ${y2}`;
  } else {
    path = a.y < b.y ? `M${a.x + 20} ${a.y + HEIGHT}V${b.y}` : `M${a.x + 20} ${a.y}V${b.y + HEIGHT}`;
  }
  return svg`<path class=${`edge ${kind}`} d=${path} marker-end="url(#arrow)"><title>${KINDS[kind]}</title></path>`;
}

/** Moves what is shown of a wide graph so that the event itself is in it. */
export function showFocus(root) {
  const frame = root.querySelector('.graph-box');
  const focus = frame?.querySelector('.focus rect');
  if (focus) {
    frame.scrollLeft = focus.x.baseVal.value + WIDTH / 2 - frame.clientWidth / 2;
    frame.scrollTop = focus.y.baseVal.value + HEIGHT / 2 - frame.clientHeight / 2;
  }
}

function box(node, { x, y }, isFocus) {
  const texts = {
    event: () => [node.type, node.stream],
    command: () => ['command', node.id],
    unknown: () => ['not in this store', node.id],
  }[node.kind]();
  const [first, second] = texts.map((text) => format.visible(text.slice(0, 80)));
  const inside = svg`
    <title>${texts.map(format.visible).join('\n')}</title>
    <rect x=${x} y=${y} width=${WIDTH} height=${HEIGHT} rx="6"/>
    <text x=${x + 10} y=${y + 18} class="first">${format.shortened(first, 22)}</text>
    <text x=${x + 10} y=${y + 34} class="second">${format.shortened(second, 26)}</text>`;
  const kind = `node ${node.kind}${isFocus ? ' focus' : ''}`;
  return node.kind === 'event' && !isFocus
    ? svg`<a class=${kind} href=${parts.link('event', { position: node.position })}>${inside}</a>`
    : svg`<g class=${kind} aria-current=${isFocus ? 'true' : nothing}>${inside}</g>`;
}
