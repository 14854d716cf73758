// Every page of the console. A page is a module with `open(page)`, which draws into `page.root` and ends what it began
// when `page.signal` is aborted. Pages with a `key` are in the navigation, and `g` and the key lead there.
export const pages = [
  { path: 'overview', title: 'Overview', key: 'o', load: () => import('./page-overview.js') },
  { path: 'streams', title: 'Streams', key: 's', load: () => import('./page-streams.js') },
  { path: 'live', title: 'Live', key: 'l', load: () => import('./page-live.js') },
  { path: 'append', title: 'Append', key: 'a', load: () => import('./page-append.js') },
  { path: 'consumers', title: 'Consumers', key: 'c', load: () => import('./page-consumers.js') },
  { path: 'groups', title: 'Groups', key: 'p', load: () => import('./page-groups.js') },
  { path: 'actions', title: 'Actions', key: 'd', load: () => import('./page-actions.js') },
  { path: 'stream', title: 'Stream', within: 'streams', load: () => import('./page-stream.js') },
  { path: 'event', title: 'Event', within: 'streams', load: () => import('./page-event.js') },
  { path: 'state', title: 'State over time', within: 'streams', load: () => import('./page-state.js') },
];
