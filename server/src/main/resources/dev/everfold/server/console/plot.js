// One plot of rates or sizes over the last minutes, in the colours of the theme.
import uPlot from './uPlot.esm.js';
import { SECONDS } from './rates.js';

const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();

/**
 * Draws into the element until the signal is aborted.
 * @param series `[{ label, colour: '--name', value: text of a number }]`
 * @param data gives the columns, times first; asked again at each `event`
 */
export function plot({ element, series, data, event, signal, heightPixels = 150 }) {
  let drawn;
  const make = () => {
    drawn?.destroy();
    const axis = { gap: 4, stroke: colour('--muted'), grid: { stroke: colour('--line'), width: 1 }, ticks: { show: false },
      font: '11px system-ui' };
    drawn = new uPlot({
      width: Math.max(element.clientWidth, 120),
      height: heightPixels,
      cursor: { y: false, drag: { setScale: false } },
      scales: {
        x: { range: () => [Date.now() / 1000 - SECONDS, Date.now() / 1000] },
        y: { range: (_, min, max) => [0, Math.max(1, (max || 0) * 1.15)] },
      },
      axes: [
        { ...axis, size: 26, space: 70, values: (_, ticks) => ticks.map((at) => new Date(at * 1000).toISOString().slice(11, 16)) },
        { ...axis, size: 56, space: 34, values: (_, ticks) => ticks.map((value) => series[0].value(value)) },
      ],
      series: [
        { label: 'UTC', value: (_, at) => (at ? new Date(at * 1000).toISOString().slice(11, 19) : '–') },
        ...series.map((one) => ({
          label: one.label,
          stroke: colour(one.colour),
          width: 1.5,
          fill: series.length === 1 ? `${colour(one.colour)}22` : undefined,
          points: { show: false },
          value: (_, value) => (value === null || value === undefined ? '–' : one.value(value)),
        })),
      ],
    }, data(), element);
  };
  make();
  const resized = new ResizeObserver(() => drawn.setSize({ width: Math.max(element.clientWidth, 120), height: heightPixels }));
  resized.observe(element);
  const latest = element.parentElement.querySelector('output');
  addEventListener(event, () => {
    drawn.setData(data());
    if (latest) {
      latest.textContent = series[0].value(data()[1].at(-1));
    }
  }, { signal });
  addEventListener('themechange', make, { signal });
  matchMedia('(prefers-color-scheme: dark)').addEventListener('change', make, { signal });
  signal.addEventListener('abort', () => {
    resized.disconnect();
    drawn.destroy();
  });
}
