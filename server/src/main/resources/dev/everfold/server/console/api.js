// What the console asks of the server: the same routes as everybody.

/** An answer that says no; `problem` is as RFC 9457 has it. */
export class Problem extends Error {
  constructor(status, problem) {
    super(problem.detail ?? problem.title ?? `The server answered ${status}.`);
    this.status = status;
    this.problem = problem;
  }
}

/** Numbers that would lose digits are kept as they are written, where the browser can. */
const exact = (_, value, context) =>
  typeof value === 'number' && JSON.rawJSON && context?.source !== undefined && String(value) !== context.source
    ? JSON.rawJSON(context.source)
    : value;

export const parse = (text) => JSON.parse(text, exact);

/** `?a=1&b=2&b=3`; what is undefined, null or empty is left out, and `true` has no value. */
export function query(parameters = {}) {
  const parts = [];
  for (const [name, values] of Object.entries(parameters)) {
    for (const value of Array.isArray(values) ? values : [values]) {
      if (value === true) {
        parts.push(name);
      } else if (value !== undefined && value !== null && value !== '' && value !== false) {
        parts.push(`${name}=${encodeURIComponent(String(value).toWellFormed())}`);
      }
    }
  }
  return parts.length === 0 ? '' : `?${parts.join('&')}`;
}

async function send(path, parameters, options) {
  let answer;
  try {
    answer = await fetch(path + query(parameters), { ...options, credentials: 'same-origin' });
  } catch (failure) {
    if (failure.name === 'AbortError') {
      throw failure;
    }
    throw new Problem(0, { detail: 'The server does not answer. Is it still running?' });
  }
  const text = await answer.text();
  if (answer.status === 401) {
    location.assign('login');
  }
  if (!answer.ok) {
    throw new Problem(answer.status, asProblem(text));
  }
  return text;
}

function asProblem(text) {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}

/** The answer of a GET, as JSON. */
export const get = async (path, parameters, signal) => parse(await send(path, parameters, { signal }));

/** The answer of a GET, as text. */
export const getText = (path, parameters, signal) => send(path, parameters, { signal });

/** Events, each as the server has it; `bytesMax` of data and metadata at most. */
export async function events(parameters, signal) {
  const text = await send('events', { form: 'plain', ...parameters }, { signal });
  return text.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line));
}

/** Who is logged in, where the server has users: `login` and `csrf`; nothing where it has none. */
export const session = () => get('session').catch(() => ({}));

/** What changes something says that it comes from this page, which pages of others cannot. */
async function post(path, parameters, headers, body, signal) {
  const { csrf } = await session();
  return send(path, parameters, {
    method: 'POST', headers: csrf === undefined ? headers : { ...headers, 'X-CSRF-Token': csrf }, body, signal });
}

/** Appends one CloudEvent. */
export const append = async (event, conditions, key, signal) => parse(await post('events', conditions,
  { 'Content-Type': 'application/cloudevents+json', 'Idempotency-Key': key }, JSON.stringify(event), signal));

/** Ends the session. */
export const logout = () => post('logout', {}, {}, undefined, undefined);

/** Does what the application offers, and gives what came of it. */
export const act = async (name, value, signal) => parse(await post(`actions/${encodeURIComponent(name)}`, {},
  { 'Content-Type': 'application/json' }, JSON.stringify({ value }), signal));

/** Has a group give what it has parked to its clients again. */
export const replay = (stream, group, signal) => post('groups/replay', {},
  { 'Content-Type': 'application/json' }, JSON.stringify({ stream, group }), signal);
