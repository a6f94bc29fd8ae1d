import type uPlot from 'uplot';
import { formatTick } from '../format/dates.js';
import { formatShort, type Unit } from '../format/numbers.js';
import type { Series } from './series.js';

const tickGap = { wide: 72, narrow: 58 };
const narrowPx = 480;
const font = '12px system-ui, "Segoe UI", Roboto, sans-serif';

/** The data of a line in the columns that plotOptions draws: the line, its running end, and the period before. */
export function plotData({ values, before, running, hasComparison }: Series): uPlot.AlignedData {
  const places = values.map((_, at) => at);
  const finished = values.map((value, at) => (at === running ? null : value));
  const end = values.map((value, at) =>
    running !== undefined && (at === running || at === running - 1) ? value : null,
  );
  return [places, hasComparison ? before : before.map(() => null), finished, end];
}

type Look = {
  width: number;
  height: number;
  unit: Unit;
  colour(name: string): string;
  onCursor(u: uPlot): void;
  onReady(u: uPlot): void;
};

/** How a line is drawn. Places of buckets are the x axis: what they are called is written below. */
export function plotOptions(
  series: Series,
  { width, height, unit, colour, onCursor, onReady }: Look,
): uPlot.Options {
  const grid = { stroke: colour('--chart-grid'), width: 1 };
  const axis = { stroke: colour('--muted'), font, ticks: { show: false } };
  const line = { stroke: colour('--chart-line'), width: 2, points: pointsOf(series, colour) };
  return {
    width,
    height,
    padding: [10, 22, 0, 0],
    legend: { show: false },
    cursor: { y: false, drag: { x: false, y: false }, points: { size: 9, width: 2 } },
    scales: {
      x: { time: false, range: (_, min, max) => (min === max ? [min - 0.5, max + 0.5] : [min, max]) },
      y: { range: (_, __, max) => [0, niceTop(max, unit)] },
    },
    axes: [
      {
        ...axis,
        grid: { show: false },
        space: width < narrowPx ? tickGap.narrow : tickGap.wide,
        incrs: [1, 2, 3, 4, 5, 6, 7, 8, 10, 12, 14, 15, 20, 30, 60, 90, 180, 365],
        values: (_, places) => places.map((at) => tickOf(series, at)),
        size: 30,
      },
      {
        ...axis,
        grid,
        space: 44,
        size: (_, texts) => 14 + 7 * Math.max(1, ...(texts ?? []).map(({ length }) => length)),
        values: (_, marks) => marks.map((mark) => formatShort(mark, unit)),
        ...(unit === 'count' && { incrs: wholeSteps }),
        ...(unit === 'seconds' && { incrs: timeSteps }),
      },
    ],
    series: [
      {},
      { stroke: colour('--chart-before'), width: 1.5, dash: [2, 4], points: { show: false } },
      { ...line, fill: (u) => fade(u, colour('--chart-fill'), colour('--chart-fade')) },
      { ...line, dash: [5, 5] },
    ],
    hooks: { setCursor: [onCursor], ready: [onReady] },
  };
}

const powers = Array.from({ length: 10 }, (_, power) => 10 ** power);
const wholeSteps = powers.flatMap((power) => [power, 2 * power, 5 * power]);
const timeSteps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1_800, 3_600, 7_200, 14_400, 43_200, 86_400];

function niceTop(max: number | null, unit: Unit): number {
  const least = unit === 'percent' ? 10 : unit === 'count' ? 4 : 1;
  const room = Math.max(least, (max ?? 0) * 1.08);
  return unit === 'percent' ? Math.min(100, room) : room;
}

// A line of one point, or of few, shows its points.
function pointsOf({ values }: Series, colour: Look['colour']): uPlot.Series.Points {
  const count = values.filter((value) => value !== null).length;
  return { show: count <= 2, size: 7, fill: colour('--chart-line') };
}

function tickOf({ labels, bucket }: Series, at: number): string {
  const label = labels[at];
  return label === undefined ? '' : formatTick(label, bucket);
}

function fade(u: uPlot, top: string, bottom: string): CanvasGradient {
  const { top: y, height } = u.bbox;
  const gradient = u.ctx.createLinearGradient(0, y, 0, y + height);
  gradient.addColorStop(0, top);
  gradient.addColorStop(1, bottom);
  return gradient;
}
