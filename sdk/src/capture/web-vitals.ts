import { onCLS, onFCP, onINP, onLCP, onTTFB } from 'web-vitals';
import type { Capture } from '../options.js';
import { rememberInteractions } from './interactions.js';
import { attributionOf, type Metric } from './vitals-attribution.js';
import type { LoadedPage } from './when-quiet.js';

/**
 * Records the Core Web Vitals, by Google's web-vitals library, with what made them. They belong to the page that was
 * loaded, also where routes have changed since, and are sent when it is hidden; a value that changes later is sent again.
 */
export function webVitals(loadedPage?: LoadedPage): Capture {
  return (tracker) => {
    const changed = new Map<string, () => void>();
    const eventsOf = rememberInteractions();
    let loaded = loadedPage?.();

    function pin(): void {
      const stamp = tracker.stamp();
      if (stamp.pageId) loaded ??= stamp;
    }

    function measured(metric: Metric): void {
      const { name, rating, navigationType } = metric;
      const value = Math.round(metric.value * 1e4) / 1e4;
      // Elements leave the page, so they are described now.
      const attribution = attributionOf(metric, tracker, eventsOf);
      const props = { metric: name, rating, navigationType, attribution };
      changed.set(name, () => {
        const now = tracker.stamp();
        const { pageId, url } = loaded ?? now;
        tracker.send({ type: 'web_vital', value, props }, { ...now, pageId, url });
      });
    }

    function send(): void {
      pin();
      for (const sendMetric of changed.values()) sendMetric();
      changed.clear();
    }

    for (const watch of [onCLS, onFCP, onINP, onLCP, onTTFB])
      watch(tracker.guard(measured), { reportAllChanges: true });
    tracker.onHide(send);
    tracker.onPage(pin);
    // A page that returns from the back/forward cache is loaded anew.
    tracker.listen('pageshow', (event) => {
      if (event.persisted) loaded = undefined;
    });
  };
}
