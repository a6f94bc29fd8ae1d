import {
  type Decision,
  decide,
  type ExperimentConfig,
  type Remembered,
  type Subject,
} from '@footfall/schema/decide';
import type { Capture, Tracker, Units } from './options.js';

/** What `GET /v1/experiments` answers: to be written into the page by its server, or handed over. */
export type ExperimentsConfig = {
  readonly experiments: readonly object[];
  readonly overrides?: Readonly<Record<string, string>> | undefined;
};

export type ExperimentOptions = {
  /**
   * The definitions. Without them those of an element `<script type="application/json" id="footfall-experiments">`, those of
   * the page before, or those of one request.
   */
  config?: ExperimentsConfig | undefined;
  /** What conditions ask for, and units beside visitor and user: `{ country: 'DE', account: 'a-7' }`. */
  attributes?: Record<string, unknown> | undefined;
  /** Variations to show in tests of the page, by experiment. They count nowhere. */
  overrides?: Record<string, string> | undefined;
  /** Hides the page until the definitions are there, at most so many milliseconds. Default: 0, nothing is hidden. */
  coverMs?: number | undefined;
};

/** The capture to hand to `init`, and what the page asks of it. */
export type Experiments = Capture & {
  /**
   * The variation of this visitor, at once. The first time it is read counts as the exposure. Without a definition or a
   * unit it is the control, or `control` where nothing is known of the experiment.
   */
  variation(key: string): string;
  /** Calls back when the definitions are there or cannot be had: at once, or before the cover is lifted. */
  whenReady(callback: () => void): void;
};

type Stored = ExperimentsConfig & { at: number };

const inlineId = 'footfall-experiments';
const previewParameter = 'footfall_preview';
const configKey = 'x.config';
const notesKey = 'x.assigned';
const control = 'control';
const maxAgeMs = 86_400_000;
const robots = /bot|crawl|spider|headless|lighthouse/i;

/** Assigns visitors to variations in the browser, by the definitions of the collector. */
export function experiments(options: ExperimentOptions = {}): Experiments {
  let all = new Map<string, ExperimentConfig>();
  let overrides = options.overrides;
  let tracker: Tracker | undefined;
  /** What was read, by experiment and unit: assigned and exposed. */
  let notes: Record<string, Remembered> = {};
  let waiting: (() => void)[] | undefined = [];
  let lift = () => {};
  const preview =
    typeof location === 'undefined' ? null : new URLSearchParams(location.search).get(previewParameter);

  function capture(of: Tracker): void {
    tracker = of;
    notes = parse<Record<string, Remembered>>(of.store.get(notesKey)) ?? {};
    const given = options.config ?? parse<ExperimentsConfig>(document.getElementById(inlineId)?.textContent);
    const cached = given ? undefined : parse<Stored>(of.store.get(configKey));
    if (given) use(given);
    else if (cached && isFresh(cached)) use(cached);
    // What a link shows is told by the collector alone.
    if (preview || !given) void load(of);
    if (waiting && options.coverMs) cover(options.coverMs);
  }

  function use(config: ExperimentsConfig): void {
    all = new Map((config.experiments as ExperimentConfig[]).map((one) => [one.key, one]));
    overrides = { ...options.overrides, ...config.overrides };
    if (!preview || config.overrides) finish();
  }

  async function load({ options: { endpoint, site }, store, units, guard }: Tracker): Promise<void> {
    try {
      const query = new URLSearchParams({ site, ...(preview && { preview }) });
      const answer = await fetch(`${endpoint.replace(/\/+$/, '')}/v1/experiments?${query}`, {
        credentials: 'omit',
      });
      if (!answer.ok) return;
      const config: ExperimentsConfig = await answer.json();
      // Once the page has asked, another answer would change it under the reader's eyes: it is for the next page.
      if (waiting) guard(use)(config);
      if (!preview && units()) store.set(configKey, JSON.stringify({ ...config, at: Date.now() }));
    } catch {
      // Without definitions everybody gets the control.
    } finally {
      finish();
    }
  }

  function finish(): void {
    const callbacks = waiting ?? [];
    waiting = undefined;
    for (const callback of callbacks) tracker?.guard(callback)();
    lift();
  }

  function cover(limitMs: number): void {
    const style = document.createElement('style');
    style.textContent = 'html{visibility:hidden!important}';
    document.documentElement.append(style);
    lift = () => style.remove();
    setTimeout(lift, limitMs);
  }

  function variation(key: string): string {
    try {
      return read(key);
    } catch {
      return control;
    }
  }

  function read(key: string): string {
    const experiment = all.get(key);
    const units = tracker?.units();
    if (!experiment) return overrides?.[key] ?? control;
    const decision = decide(experiment, subjectOf(units), all);
    if (decision.isEnrolled && !preview) note(decision, units);
    return decision.variation;
  }

  function subjectOf(units: Units | undefined): Subject {
    return {
      // Without leave to store or to send nobody is assigned.
      attributes: units ? { visitor: units.visitor, user: units.user, ...options.attributes } : {},
      url: location.href,
      isBot: navigator.webdriver || robots.test(navigator.userAgent),
      overrides,
      remember: (...unit) => notes[nameOf(...unit)],
    };
  }

  function note({ experiment, phase, variation, unit }: Decision, units: Units | undefined): void {
    if (!unit || !units || !tracker) return;
    const { unitType, unitId } = unit;
    const name = nameOf(experiment, unitType, unitId);
    if (notes[name]?.phase === phase) return;
    notes[name] = { phase, variation };
    if (units.isKept) tracker.store.set(notesKey, JSON.stringify(notes));
    // Visitor and user travel with the batch.
    const isKnown = (unitType === 'visitor' || unitType === 'user') && units[unitType] === unitId;
    const props = { experiment, variation, phase, unitType, unit: isKnown ? undefined : unitId };
    tracker.send({ type: 'exposure', props });
  }

  return Object.assign(capture, {
    variation,
    whenReady(callback: () => void): void {
      if (waiting) waiting.push(callback);
      else callback();
    },
  });
}

function nameOf(...parts: string[]): string {
  return parts.join(' ');
}

function isFresh({ at }: Stored): boolean {
  return Math.abs(Date.now() - at) < maxAgeMs;
}

function parse<Value>(text: string | null | undefined): Value | undefined {
  try {
    return JSON.parse(text || 'null') ?? undefined;
  } catch {
    return undefined;
  }
}
