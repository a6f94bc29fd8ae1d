import type { CLSMetric, FCPMetric, INPMetric, LCPMetric, TTFBMetric } from 'web-vitals';
import type { Props, Tracker } from '../options.js';
import { maxSelectorChars, selectorOf } from './describe.js';
import type { EventsOf } from './interactions.js';

export type Metric = CLSMetric | FCPMetric | INPMetric | LCPMetric | TTFBMetric;

/** Names what made a value, after https://web.dev/articles/debug-performance-in-the-field. Times are in milliseconds. */
export function attributionOf(metric: Metric, tracker: Tracker, eventsOf: EventsOf): Props {
  if (metric.name === 'CLS') return ofShift(metric, tracker);
  if (metric.name === 'INP') return ofInteraction(metric, tracker, eventsOf);
  if (metric.name === 'LCP') return ofPaint(metric, tracker);
  if (metric.name === 'TTFB') return ofRequest();
  return { timeToFirstByte: Math.round(timeToFirstByte()) };
}

function ofShift({ entries }: CLSMetric, tracker: Tracker): Props {
  const [largest] = [...entries].sort((a, b) => b.value - a.value);
  if (!largest) return {};
  const moved = largest.sources.find(({ node }) => node)?.node;
  return {
    element: nameOf(moved, tracker),
    shift: Math.round(largest.value * 1e4) / 1e4,
    ...rounded({ at: largest.startTime }),
  };
}

/** The three parts of an interaction: until its handlers run, while they run, until the next frame. */
function ofInteraction({ entries, value }: INPMetric, tracker: Tracker, eventsOf: EventsOf): Props {
  const [first] = entries;
  if (!first) return {};
  const events = [...entries, ...eventsOf(first.interactionId)];
  const processed = Math.min(...events.map(({ processingStart }) => processingStart));
  const inputDelay = Math.max(0, processed - first.startTime);
  const processing = Math.max(...events.map(({ processingEnd }) => processingEnd)) - processed;
  const presentationDelay = Math.max(0, value - inputDelay - processing);
  return {
    element: nameOf(events.find(({ target }) => target)?.target, tracker),
    event: first.name,
    ...rounded({ at: first.startTime, inputDelay, processing, presentationDelay }),
  };
}

/** The four parts of the largest paint: first byte, wait for its resource, its load, wait for its paint. */
function ofPaint({ entries, value }: LCPMetric, tracker: Tracker): Props {
  const entry = entries.at(-1);
  if (!entry) return {};
  const { element, id, url } = entry;
  const first = timeToFirstByte();
  const [resource] = url ? performance.getEntriesByName(url, 'resource') : [];
  const isTimed = resource instanceof PerformanceResourceTiming;
  const asked = Math.max(first, isTimed ? resource.requestStart || resource.startTime : 0);
  const loaded = Math.min(value, Math.max(asked, isTimed ? resource.responseEnd : 0));
  return {
    element: nameOf(element, tracker) ?? (id && tracker.text(`#${id}`, 100)),
    url: url ? tracker.url(url) : undefined,
    ...rounded({
      timeToFirstByte: first,
      resourceLoadDelay: asked - first,
      resourceLoadDuration: loaded - asked,
      elementRenderDelay: value - loaded,
    }),
  };
}

function ofRequest(): Props {
  const timing = navigation();
  if (!timing) return {};
  const { fetchStart, domainLookupStart, connectStart, requestStart, responseStart } = timing;
  return rounded({
    redirect: fetchStart,
    cache: domainLookupStart - fetchStart,
    dns: connectStart - domainLookupStart,
    connection: requestStart - connectStart,
    request: responseStart - requestStart,
  });
}

function navigation(): PerformanceNavigationTiming | undefined {
  const [timing] = performance.getEntriesByType('navigation');
  return timing instanceof PerformanceNavigationTiming ? timing : undefined;
}

function timeToFirstByte(): number {
  return navigation()?.responseStart ?? 0;
}

function nameOf(node: Node | null | undefined, tracker: Tracker): string | undefined {
  const element = node instanceof Element ? node : node?.parentElement;
  return element ? tracker.text(selectorOf(element), maxSelectorChars) : undefined;
}

function rounded(times: Record<string, number>): Props {
  return Object.fromEntries(Object.entries(times).map(([name, ms]) => [name, Math.round(ms)]));
}
