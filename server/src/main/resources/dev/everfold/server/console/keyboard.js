// Keys that work on every page. A field that is being typed in keeps its keys.

const FIELDS = 'input:not([type=range]):not([type=checkbox]):not([type=radio]), select, textarea';

export function listen({ pages, go, showKeys, nextTheme }) {
  let isAfterG = false;
  addEventListener('keydown', (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented) {
      return;
    }
    const target = event.target instanceof Element ? event.target : document.body;
    if (target.matches(FIELDS) || target.closest('dialog')) {
      if (event.key === 'Escape') {
        target.blur();
      }
      return;
    }
    const page = isAfterG && pages.find((one) => one.key === event.key);
    isAfterG = event.key === 'g';
    if (page) {
      event.preventDefault();
      go(page.path);
      return;
    }
    const action = {
      '/': () => document.querySelector('#main input:not([type=radio]):not([type=checkbox]), #main textarea')?.focus(),
      '?': showKeys,
      j: () => move(1),
      k: () => move(-1),
      t: nextTheme,
    }[event.key];
    if (action) {
      event.preventDefault();
      action();
    }
  });
}

function move(step) {
  const rows = [...document.querySelectorAll('#main [data-row]')];
  const at = rows.indexOf(document.activeElement);
  const to = at < 0 ? (step > 0 ? 0 : rows.length - 1) : at + step;
  rows[Math.min(Math.max(to, 0), rows.length - 1)]?.focus();
}
