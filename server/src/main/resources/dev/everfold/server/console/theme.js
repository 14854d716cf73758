// Not a module, so that it runs before anything is shown: the theme that was chosen here last.
(() => {
  const chosen = localStorage.getItem('everfold.theme');
  if (chosen === 'light' || chosen === 'dark') {
    document.documentElement.dataset.theme = chosen;
  }
})();
