import { useId } from 'preact/hooks';
import { request } from '../api/client.js';
import { askQuery, queryBody } from '../api/query.js';
import { useAnswer } from '../api/use-answer.js';
import type { Scope } from '../state/scope.js';
import type { MatchDraft, MatchKind } from './event-match.js';

const kindTitles: Record<MatchKind, string> = { page: 'Page', event: 'Event', goal: 'Goal' };
const placeholders: Record<MatchKind, string> = {
  page: '/pricing, or /docs/**',
  event: 'Signup',
  goal: 'Name of a goal',
};
const maxSuggestions = 50;

type Props = {
  scope: Scope;
  /** What it is, for screen readers: `Step 2`. */
  title: string;
  draft: MatchDraft;
  onChange(draft: MatchDraft): void;
  isRequired?: boolean;
};

/** A page, event or goal to choose or to type; those that occur are offered. */
export function MatchFields({ scope, title, draft: { kind, text }, onChange, isRequired = true }: Props) {
  const listId = useId();
  const suggestions = useSuggestions(scope, kind);
  return (
    <div class="match-fields">
      <select
        class="input"
        aria-label={`${title}: kind`}
        value={kind}
        onChange={(event) => onChange({ kind: event.currentTarget.value as MatchKind, text: '' })}
      >
        {Object.entries(kindTitles).map(([value, name]) => (
          <option key={value} value={value} selected={value === kind}>
            {name}
          </option>
        ))}
      </select>
      <input
        class="input"
        aria-label={title}
        list={listId}
        value={text}
        required={isRequired}
        placeholder={placeholders[kind]}
        onInput={(event) => onChange({ kind, text: event.currentTarget.value })}
      />
      <datalist id={listId}>
        {suggestions.map((value) => (
          <option key={value} value={value} />
        ))}
      </datalist>
    </div>
  );
}

function useSuggestions(scope: Scope, kind: MatchKind): readonly string[] {
  const key = `${kind} ${queryBody({ ...scope, filters: [] }, { metrics: [] })}`;
  const { answer = [] } = useAnswer(key, (signal) => suggest({ ...scope, filters: [] }, kind, signal));
  return answer;
}

async function suggest(scope: Scope, kind: MatchKind, signal: AbortSignal): Promise<string[]> {
  if (kind === 'goal') {
    const parameters = { site: scope.site.site };
    const { goals } = await request<{ goals: { name: string }[] }>('/api/v1/goals', { parameters, signal });
    return goals.map(({ name }) => name);
  }
  const isPage = kind === 'page';
  const { results } = await askQuery(
    queryBody(scope, {
      metrics: ['visitors'],
      dimensions: [isPage ? 'event:page' : 'event:name'],
      filters: isPage ? [] : [['is', 'event:type', ['custom']]],
      limit: maxSuggestions,
    }),
    signal,
  );
  return results.flatMap(({ dimensions }) => dimensions[0] ?? []);
}
