import { type Attributes, type Decision, decide, type ExperimentConfig } from '@footfall/schema';
import type { Availability } from '../db/availability.js';
import type { Database, Transaction } from '../db/database.js';
import { classifyFailure } from '../db/failure.js';
import { Refusal } from '../refusal.js';
import { type Assignment, insertAssignments, readAssignments, type UnitKey } from './assignment-store.js';

/** Who asks for which experiments of a site. */
export type Question = {
  site: string;
  asked: readonly ExperimentConfig[];
  all: ReadonlyMap<string, ExperimentConfig>;
  attributes: Attributes;
  url?: string | undefined;
  isBot?: boolean | undefined;
  overrides?: Record<string, string> | undefined;
};

/** A decision, with the time of the assignment in milliseconds since 1970 where one is stored. */
export type Answer = Decision & { assignedAt?: number };

export type Assigner = {
  /**
   * Assigns a unit for good. When it resolves, every assignment is durable.
   *
   * @throws Refusal 503 when too much is waiting or the database is away
   */
  assign(question: Question): Promise<Answer[]>;
};

type Waiting = Question & { resolve(answers: Answer[]): void; reject(error: unknown): void };
type Options = { database: Database; now: () => number; availability: Pick<Availability, 'isUp' | 'lose'> };

const maxWaiting = 10_000;
const maxPerFlush = 200;
const maxInFlight = 2;
const statementMs = 5_000;

/** Lets questions that wait at the same time share a transaction, and so its wait for the disk. */
export function createAssigner({ database, now, availability }: Options): Assigner {
  const waiting: Waiting[] = [];
  const bounded = database.within(statementMs);
  let inFlight = 0;

  function assign(question: Question): Promise<Answer[]> {
    if (!availability.isUp()) throw away();
    if (waiting.length >= maxWaiting) {
      throw new Refusal(503, 'busy', 'too many units are waiting to be assigned', { retryAfterSeconds: 1 });
    }
    return new Promise((resolve, reject) => {
      waiting.push({ ...question, resolve, reject });
      // Whoever asks in the same turn comes along.
      setImmediate(startFlush);
    });
  }

  function startFlush(): void {
    if (inFlight >= maxInFlight || waiting.length === 0) return;
    inFlight += 1;
    void flush(waiting.splice(0, maxPerFlush)).finally(() => {
      inFlight -= 1;
      startFlush();
    });
    startFlush();
  }

  async function flush(questions: Waiting[]): Promise<void> {
    try {
      const answers = await bounded.asIngest((tx) => answer(tx, questions, now()));
      for (const [at, { resolve }] of questions.entries()) resolve(answers[at] ?? []);
    } catch (error) {
      const isAway = classifyFailure(error) === 'retry';
      if (isAway) availability.lose(error);
      for (const { reject } of questions) reject(isAway ? away(error) : error);
    }
  }

  return { assign };
}

function away(cause?: unknown): Refusal {
  return new Refusal(503, 'unavailable', 'units cannot be assigned while the database is away', {
    retryAfterSeconds: 5,
    cause,
  });
}

/** Reads what is stored, decides, stores what is new, and where another was faster takes what that one stored. */
async function answer(tx: Transaction, questions: Question[], now: number): Promise<Answer[][]> {
  const known = indexOf(await readAssignments(tx, questions.flatMap(unitsOf)));
  const decided = questions.map((question) => ({ question, decisions: decideAll(question, known) }));
  const fresh = new Map<string, Assignment>();
  for (const { question, decisions } of decided)
    for (const decision of decisions) collectNew(fresh, { question, decision, now });
  const stored = await storeNew(tx, [...fresh.values()]);
  return decided.map(({ question, decisions }) =>
    decisions.map((decision) => settle(decision, { known, stored, site: question.site })),
  );
}

/** Every unit that may have an assignment that counts, also for prerequisites. */
function unitsOf({ site, all, attributes }: Question): UnitKey[] {
  const types = new Set(
    [...all.values()].flatMap(({ unitType, fallbackUnitType }) => [unitType, fallbackUnitType]),
  );
  return [...types].flatMap((unitType) => {
    const value =
      unitType !== undefined && Object.hasOwn(attributes, unitType) ? attributes[unitType] : undefined;
    const unitId = typeof value === 'number' ? String(value) : value;
    return unitType !== undefined && typeof unitId === 'string' && unitId !== ''
      ? [{ site, unitType, unitId }]
      : [];
  });
}

type Known = Map<string, Assignment[]>;

function keyOf({ site, unitType, unitId }: UnitKey, experiment: string): string {
  return [site, experiment, unitType, unitId].join('\0');
}

function indexOf(assignments: Assignment[]): Known {
  const known: Known = new Map();
  for (const assignment of assignments) {
    const key = keyOf(assignment, assignment.experiment);
    known.set(key, [...(known.get(key) ?? []), assignment]);
  }
  return known;
}

function decideAll({ site, asked, all, ...subject }: Question, known: Known): Decision[] {
  // The latest phase that is not later than the experiment's: its definition may be a second old.
  const remember = (experiment: string, unitType: string, unitId: string) =>
    known
      .get(keyOf({ site, unitType, unitId }, experiment))
      ?.filter(({ phase }) => phase <= (all.get(experiment)?.phase ?? 0))
      .reduce((latest, one) => (one.phase > latest.phase ? one : latest));
  return asked.map((experiment) => decide(experiment, { ...subject, remember }, all));
}

function collectNew(
  fresh: Map<string, Assignment>,
  { question: { site }, decision, now }: { question: Question; decision: Decision; now: number },
): void {
  const { unit, experiment, phase, variation, isEnrolled, reason, mergedFrom } = decision;
  if (!isEnrolled || !unit || (reason === 'STICKY' && !mergedFrom)) return;
  const key = `${keyOf({ site, ...unit }, experiment)}\0${phase}`;
  if (fresh.has(key)) return;
  const mergedType = mergedFrom?.unitType ?? null;
  fresh.set(key, { site, ...unit, experiment, phase, variation, mergedFrom: mergedType, assignedAt: now });
}

async function storeNew(tx: Transaction, fresh: Assignment[]): Promise<Known> {
  const inserted = await insertAssignments(tx, fresh);
  if (inserted.length === fresh.length) return indexOf(inserted);
  const others = await readAssignments(tx, fresh);
  return indexOf(others);
}

function settle(
  decision: Decision,
  { known, stored, site }: { known: Known; stored: Known; site: string },
): Answer {
  if (!decision.isEnrolled || !decision.unit) return decision;
  const key = keyOf({ site, ...decision.unit }, decision.experiment);
  const ofPhase = ({ phase }: Assignment) => phase === decision.phase;
  const found = known.get(key)?.find(ofPhase) ?? stored.get(key)?.find(ofPhase);
  if (!found) throw new Error(`assigner: expected a stored assignment of ${decision.experiment}`);
  return { ...decision, variation: found.variation, assignedAt: found.assignedAt };
}
