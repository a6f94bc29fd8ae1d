/** The events of an interaction, by its id. */
export type EventsOf = (interactionId: number) => PerformanceEventTiming[];

const maxRemembered = 20;

/**
 * Remembers the events of the latest interactions. web-vitals hands on the longest of them alone, which in Chromium may be a
 * `pointerdown`: it names no element, and ended before the handlers of the click ran.
 */
export function rememberInteractions(): EventsOf {
  const interactions = new Map<number, PerformanceEventTiming[]>();

  function remember(entries: PerformanceEntryList): void {
    for (const entry of entries as PerformanceEventTiming[]) {
      const { interactionId } = entry;
      if (!interactionId) continue;
      interactions.set(interactionId, [...eventsOf(interactionId), entry]);
      const [oldest] = interactions.keys();
      if (interactions.size > maxRemembered && oldest) interactions.delete(oldest);
    }
  }

  function eventsOf(interactionId: number): PerformanceEventTiming[] {
    return interactions.get(interactionId) ?? [];
  }

  const observer = new PerformanceObserver((list) => remember(list.getEntries()));
  // Browsers that do not know the type ignore it.
  const options = { type: 'event', buffered: true, durationThreshold: 40 };
  observer.observe(options);

  return (interactionId) => {
    // While the page is being hidden, web-vitals is ahead of the browser's own delivery.
    remember(observer.takeRecords());
    return eventsOf(interactionId);
  };
}
