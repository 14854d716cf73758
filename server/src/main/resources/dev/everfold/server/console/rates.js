// What happens in the store a second, sampled from its metrics for as long as the console is open.
import { getText } from './api.js';

export const SECONDS = 300;
const INTERVAL_SECONDS = 2;
const OUTCOMES = ['accepted', 'conflict', 'refused', 'unknown'];

/** Columns of equal length; rates are a second. Read by plots, replaced by nobody. */
export const samples = { at: [], events: [], accepted: [], conflict: [], refused: [], reads: [] };

let before;

function read(metrics) {
  const value = (line) => Number(new RegExp(`^${line} (\\S+)$`, 'm').exec(metrics)?.[1] ?? NaN);
  const sample = { at: Date.now() / 1000, events: value('everfold_next_position'), reads: value('everfold_reads_total') };
  for (const outcome of OUTCOMES) {
    sample[outcome] = value(`everfold_appends_total\\{outcome="${outcome}"\\}`);
  }
  return sample;
}

async function sample() {
  let now;
  try {
    now = read(await getText('metrics'));
  } catch {
    before = undefined;
    return;
  }
  if (before) {
    const seconds = now.at - before.at;
    samples.at.push(now.at);
    for (const name of Object.keys(samples).filter((one) => one !== 'at')) {
      samples[name].push(Math.max(0, (now[name] - before[name]) / seconds));
    }
    while (samples.at[0] < now.at - SECONDS) {
      Object.values(samples).forEach((column) => column.shift());
    }
    dispatchEvent(new Event('sample'));
  }
  before = now;
}

export function begin() {
  sample();
  setInterval(() => document.visibilityState === 'visible' && sample(), INTERVAL_SECONDS * 1000);
}
