// The frame around the pages: navigation, theme, keys.
import { html, nothing, render } from './lit-html.js';
import { pages } from './pages.js';
import { link, name, problem } from './parts.js';
import { logout, session } from './api.js';
import { listen } from './keyboard.js';
import { begin } from './rates.js';

const THEMES = { system: 'as the system', light: 'light', dark: 'dark' };
const frame = document.getElementById('console');
let leave = new AbortController();
let current;
let user;
let isFirst = true;

function theme() {
  return document.documentElement.dataset.theme ?? 'system';
}

function setTheme(chosen) {
  if (chosen === 'system') {
    delete document.documentElement.dataset.theme;
    localStorage.removeItem('everfold.theme');
  } else {
    document.documentElement.dataset.theme = chosen;
    localStorage.setItem('everfold.theme', chosen);
  }
  dispatchEvent(new Event('themechange'));
  draw();
}

function nextTheme() {
  const names = Object.keys(THEMES);
  setTheme(names[(names.indexOf(theme()) + 1) % names.length]);
}

const navigation = () => pages.filter((page) => page.key).map((page) => html`
  <li><a href=${link(page.path)} aria-current=${page.path === (current.within ?? current.path) ? 'page' : nothing}>
    ${page.title}<kbd aria-hidden="true">g ${page.key}</kbd></a></li>`);

const keys = () => [
  ...pages.filter((page) => page.key).map((page) => [`g ${page.key}`, page.title]),
  ['/', 'to the first field of the page'], ['j  k', 'next and previous row'], ['Enter', 'opens the row'],
  ['←  →', 'on the slider: one revision back and on'], ['t', 'light, dark, or as the system'], ['?', 'this list'],
];

function draw() {
  render(html`
    <a class="skip" href="#main" @click=${toMain}>To the content</a>
    <header>
      <a class="brand" href=${link('overview')}><img src="console/icon.svg" alt="" width="22" height="22">Everfold</a>
      <nav aria-label="Pages"><ul>${navigation()}</ul></nav>
      <div class="foot">
        ${user === undefined ? nothing : html`
          <span id="user">${name(user)}</span>
          <button class="quiet" @click=${leaveServer}>Log out</button>`}
        <label>Theme
          <select id="theme" @change=${(event) => setTheme(event.target.value)}>
            ${Object.entries(THEMES).map(([name, text]) => html`
              <option value=${name} ?selected=${name === theme()} .selected=${name === theme()}>${text}</option>`)}
          </select></label>
        <button class="quiet" @click=${showKeys}>Keys <kbd aria-hidden="true">?</kbd></button>
      </div>
    </header>
    <main id="main" tabindex="-1"></main>
    <dialog id="keys" aria-label="Keys">
      <h2>Keys</h2>
      <dl>${keys().map(([key, meaning]) => html`<dt><kbd>${key}</kbd></dt><dd>${meaning}</dd>`)}</dl>
      <form method="dialog"><button>Close</button></form>
    </dialog>`, frame);
}

const toMain = (event) => {
  event.preventDefault();
  document.getElementById('main').focus();
};

const leaveServer = () => logout().finally(() => location.assign('login'));

const showKeys = () => document.getElementById('keys').showModal();

export function go(path, parameters) {
  location.hash = link(path, parameters);
}

function open() {
  leave.abort();
  leave = new AbortController();
  const { signal } = leave;
  const [path, search = ''] = location.hash.replace(/^#\/?/, '').split(/\?(.*)/s);
  current = pages.find((page) => page.path === path) ?? pages[0];
  draw();
  const main = document.getElementById('main');
  const isFocusLost = main.contains(document.activeElement) || document.activeElement === document.body;
  // Each page gets an element of its own, so that nothing of the page before is left in it.
  const root = document.createElement('div');
  root.className = `page page-${current.path}`;
  main.replaceChildren(root);
  scrollTo(0, 0);
  if (isFocusLost && !isFirst) {
    main.focus({ preventScroll: true });
  }
  isFirst = false;
  document.title = `${current.title} · Everfold`;
  const page = {
    root,
    signal,
    parameters: new URLSearchParams(search),
    go,
    draw: (template) => signal.aborted || render(template, root),
    fail: (failure) => failure.name === 'AbortError' || signal.aborted || render(problem(failure), root),
  };
  current.load().then((module) => signal.aborted || module.open(page)).catch(page.fail);
}

listen({ pages, go, showKeys, nextTheme });
addEventListener('hashchange', open);
open();
begin();
session().then(({ login }) => {
  user = login;
  draw();
});
