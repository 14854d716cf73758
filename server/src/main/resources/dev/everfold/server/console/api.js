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

/** Appends one CloudEvent. */
export const append = async (event, conditions, key, signal) => parse(await send('events', conditions, {
  method: 'POST',
  headers: { 'Content-Type': 'application/cloudevents+json', 'Idempotency-Key': key },
  body: JSON.stringify(event),
  signal,
}));
