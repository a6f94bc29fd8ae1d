import { z } from 'zod';
import { bugCounts, bugShape } from '../errors/bug-schema.js';
import { loadDecisions, stateOf, states } from '../errors/bug-state.js';
import { describeBug } from '../errors/describe-bug.js';
import { countBugs, loadBugs, maxStacks } from '../errors/load-stacks.js';
import { defineReport } from './report.js';

const parameters = z.strictObject({ state: z.enum(states).optional() });

const answer = z.object({
  total: z.int(),
  errors: z.array(z.object({ ...bugShape, ...bugCounts })),
});

/** The errors of the site's pages, grouped by bug over browsers and releases. */
export const errors = defineReport({
  path: 'errors',
  parameters,
  answer,
  definitions: {
    bug: 'errors of the same kind at the same place: engine messages are told apart by what they mean, names of functions by whether a person gave them, positions within one build alone',
    id: 'names the bug; ids of all its stacks lead to it, also after it was joined by others',
    occurrences: 'events and the repeats that the browser counted instead of sending them',
    sessions: 'sessions with the error in the range; visitors likewise',
    first_seen: 'of all errors that are stored, whatever the range; last_seen likewise',
    state:
      'open; resolved; regressed: resolved and seen again later; ignored. PATCH /api/v1/errors/{id} changes it',
    limits: `the ${maxStacks} most frequent stacks of a site are grouped`,
  },
  async read(tx, scope, { state }) {
    const decisions = await loadDecisions(tx, scope.site);
    const bugs = (await loadBugs(tx, scope.site)).filter(
      (bug) => state === undefined || stateOf(bug, decisions).state === state,
    );
    const byId = new Map(bugs.map((bug) => [bug.id, bug]));
    const { parameters, limit } = scope;
    const request = { hits: scope.events('e'), condition: scope.eventIn('e'), parameters };
    const counts = await countBugs(tx, bugs, request);
    return {
      total: counts.length,
      errors: counts.slice(0, limit).flatMap(({ id, ...count }) => {
        const bug = byId.get(id);
        return bug ? [{ ...describeBug(bug, decisions), ...count }] : [];
      }),
    };
  },
});
