// How values are written for people. Everything here gives text, never markup.

const GROUPED = new Intl.NumberFormat('en');
const SHORT = new Intl.NumberFormat('en', { maximumFractionDigits: 1 });
const UNITS = ['B', 'KiB', 'MiB', 'GiB', 'TiB'];

export const number = (value) => GROUPED.format(value);
export const rate = (value) => (value >= 100 ? GROUPED.format(Math.round(value)) : SHORT.format(value));
export const counted = (count, one, many = `${one}s`) => `${number(count)} ${count === 1 ? one : many}`;

export function bytes(value) {
  let unit = 0;
  while (value >= 1024 && unit < UNITS.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${unit === 0 ? value : SHORT.format(value)} ${UNITS[unit]}`;
}

/** `2026-11-26 05:55:01.123`, UTC. */
export const time = (iso) => `${day(iso)} ${clock(iso)}`;
export const day = (iso) => iso.slice(0, 10);
export const clock = (iso) => (iso.slice(11, -1) + (iso.includes('.') ? '' : '.000')).slice(0, 12);

/** How long from one time to a later one: `3 min`. */
export function elapsed(from, to) {
  const seconds = (Date.parse(to) - Date.parse(from)) / 1000;
  if (!(seconds >= 0.001)) {
    return '';
  }
  const steps = [[1, 'ms', 0.001], [60, 's', 1], [3600, 'min', 60], [86400, 'h', 3600], [Infinity, 'd', 86400]];
  const [, unit, size] = steps.find(([limit]) => seconds < limit);
  return `${SHORT.format(seconds / size)} ${unit}`;
}

const escape = (character) => `\\u{${character.codePointAt(0).toString(16)}}`;

/** A name with characters that cannot be seen, or that turn the text around, written as escapes. */
export const visible = (name) => name.replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
  (character) => (character === '\u200d' ? character : escape(character)));

/** The same for text of several lines. */
export const visibleText = (text) => text.replace(/[^\P{Cc}\n\t]|[\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu,
  (character) => (character === '\u200d' ? character : escape(character)));

/** The start of a long text, for where there is little room. */
export function shortened(text, charactersMax) {
  const characters = Array.from(text.slice(0, charactersMax * 2 + 2));
  return characters.length <= charactersMax ? text : `${characters.slice(0, charactersMax - 1).join('')}…`;
}
