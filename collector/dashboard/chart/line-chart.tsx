import { useEffect, useRef, useState } from 'preact/hooks';
import uPlot from 'uplot';
import type { Unit } from '../format/numbers.js';
import { useDark } from '../theme/theme.js';
import { plotData, plotOptions } from './plot.js';
import type { Series } from './series.js';

/** What is under the pointer: the place of a bucket, and where it is drawn, in pixels from the left. */
export type Pointed = { at: number; left: number };

type Props = {
  series: Series;
  unit: Unit;
  /** For screen readers: what the line is of. */
  title: string;
  onPoint(pointed: Pointed | undefined): void;
  /** Where each place is drawn, whenever it is drawn anew. */
  onDraw(leftOf: (at: number) => number): void;
};

/** A line by uPlot, as wide as its place. */
export function LineChart({ series, unit, title, onPoint, onDraw }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const isDark = useDark();
  const size = useSize(place);
  useEffect(() => {
    const target = place.current;
    if (!target || !size) return;
    const style = getComputedStyle(target);
    const options = plotOptions(series, {
      ...size,
      unit,
      colour: (name) => readColour(target, style, name),
      onReady: () => onDraw(leftOf),
      onCursor: ({ cursor: { idx, left } }) =>
        onPoint(
          idx === undefined || idx === null || (left ?? -1) < 0 ? undefined : { at: idx, left: leftOf(idx) },
        ),
    });
    const plot = new uPlot(options, plotData(series), target);
    const leftOf = (at: number) => plot.valToPos(at, 'x') + plot.over.offsetLeft;
    return () => {
      plot.destroy();
      onPoint(undefined);
    };
  }, [series, unit, size?.width, size?.height, isDark]);
  return <div class="plot" dir="ltr" role="img" aria-label={title} ref={place} />;
}

// A canvas knows no light-dark(): the colour is what a property makes of the variable.
function readColour(target: HTMLElement, style: CSSStyleDeclaration, name: string): string {
  target.style.setProperty('outline-color', `var(${name})`);
  const colour = style.outlineColor;
  target.style.removeProperty('outline-color');
  return colour;
}

type Size = { width: number; height: number };

function useSize(place: { current: HTMLElement | null }): Size | undefined {
  const [size, setSize] = useState<Size>();
  useEffect(() => {
    const element = place.current;
    if (!element) return;
    const observer = new ResizeObserver(() => {
      setSize({ width: element.clientWidth, height: element.clientHeight });
    });
    observer.observe(element);
    return () => observer.disconnect();
  }, [place]);
  return size;
}
