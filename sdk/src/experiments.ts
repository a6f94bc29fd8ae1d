import {
  type Decision,
  decide,
  type ExperimentConfig,
  type Remembered,
  type Subject,
} from '@footfall/schema/decide';
import { attempt } from './attempt.js';
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

/** What is known at a moment. `all` is empty until the definitions are there. */
type State = {
  options: ExperimentOptions;
  /** The signed token of a preview link. A page that has one exposes nobody. */
  preview?: string | null;
  all: Map<string, ExperimentConfig>;
  overrides: Readonly<Record<string, string>> | undefined;
  /** What was read, by experiment and unit: assigned and exposed. */
  notes: Record<string, Remembered>;
  tracker?: Tracker;
  /** Who waits for the definitions; nothing once they are there. */
  waiting: (() => void)[] | undefined;
  lift(): void;
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
  const { overrides } = options;
  const state: State = { options, all: new Map(), overrides, notes: {}, waiting: [], lift() {} };

  function variation(key: string): string {
    return attempt(() => read(state, key)) ?? control;
  }

  function whenReady(callback: () => void): void {
    if (state.waiting) state.waiting.push(callback);
    else callback();
  }

  return Object.assign((tracker: Tracker) => start(state, tracker), { variation, whenReady });
}

function start(state: State, tracker: Tracker): void {
  const { options } = state;
  const { store } = tracker;
  state.preview = new URLSearchParams(location.search).get(previewParameter);
  state.tracker = tracker;
  state.notes = parse<State['notes']>(store.get(notesKey)) ?? {};
  const given = options.config ?? parse<ExperimentsConfig>(document.getElementById(inlineId)?.textContent);
  const cached = given ? undefined : parse<Stored>(store.get(configKey));
  if (given) use(state, given);
  else if (cached && isFresh(cached)) use(state, cached);
  // What a link shows is told by the collector alone.
  if (state.preview || !given) void load(state, tracker);
  if (state.waiting && options.coverMs) cover(state, options.coverMs);
}

function use(state: State, config: ExperimentsConfig): void {
  state.all = new Map((config.experiments as ExperimentConfig[]).map((one) => [one.key, one]));
  state.overrides = { ...state.options.overrides, ...config.overrides };
  if (!state.preview || config.overrides) finish(state);
}

async function load(state: State, tracker: Tracker): Promise<void> {
  const { endpoint, site } = tracker.options;
  const { preview } = state;
  try {
    const query = new URLSearchParams({ site, ...(preview && { preview }) });
    const url = `${endpoint.replace(/\/+$/, '')}/v1/experiments?${query}`;
    const answer = await fetch(url, { credentials: 'omit' });
    if (!answer.ok) return;
    const config: ExperimentsConfig = await answer.json();
    // Once the page has asked, another answer would change it under the reader's eyes: it is for the next page.
    if (state.waiting) use(state, config);
    if (!preview && tracker.units())
      tracker.store.set(configKey, JSON.stringify({ ...config, at: Date.now() }));
  } catch {
    // Without definitions everybody gets the control.
  } finally {
    finish(state);
  }
}

function finish(state: State): void {
  const callbacks = state.waiting ?? [];
  state.waiting = undefined;
  for (const callback of callbacks) state.tracker?.guard(callback)();
  state.lift();
}

function cover(state: State, limitMs: number): void {
  const style = document.createElement('style');
  style.textContent = 'html{visibility:hidden!important}';
  document.documentElement.append(style);
  state.lift = () => style.remove();
  setTimeout(state.lift, limitMs);
}

function read(state: State, key: string): string {
  const experiment = state.all.get(key);
  const units = state.tracker?.units();
  if (!experiment) return state.overrides?.[key] ?? control;
  const decision = decide(experiment, subjectOf(state, units), state.all);
  if (decision.isEnrolled && !state.preview) expose(state, decision, units);
  return decision.variation;
}

function subjectOf(state: State, units: Units | undefined): Subject {
  return {
    // Without leave to store or to send nobody is assigned.
    attributes: units ? { visitor: units.visitor, user: units.user, ...state.options.attributes } : {},
    url: location.href,
    isBot: navigator.webdriver || robots.test(navigator.userAgent),
    overrides: state.overrides,
    remember: (...unit) => state.notes[nameOf(...unit)],
  };
}

/** Once for a unit and a phase. */
function expose(
  { notes, tracker }: State,
  { experiment, phase, variation, unit }: Decision,
  units: Units | undefined,
): void {
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

function nameOf(...parts: string[]): string {
  return parts.join(' ');
}

function isFresh({ at }: Stored): boolean {
  return Math.abs(Date.now() - at) < maxAgeMs;
}

function parse<Value>(text: string | null | undefined): Value | undefined {
  return attempt(() => JSON.parse(text || 'null')) ?? undefined;
}
