import { useId } from 'preact/hooks';
import { request } from '../api/client.js';
import { askQuery, queryBody } from '../api/query.js';
import { useAnswer } from '../api/use-answer.js';
import type { Scope } from '../state/scope.js';
import { type MatchDraft, type MatchKind, matchKinds } from './event-match.js';

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
  /** Which kinds are offered; with one there is no choice. */
  kinds?: readonly MatchKind[];
};

/** A page, event or goal to choose or to type; those that occur are offered. */
export function MatchFields(props: Props) {
  const { scope, title, draft, onChange, isRequired = true, kinds = matchKinds } = props;
  const { kind, text } = draft;
  const listId = useId();
  const suggestions = useSuggestions(scope, kind);
  return (
    <div class="match-fields">
      {kinds.length > 1 && <KindSelect title={title} kinds={kinds} kind={kind} onChange={onChange} />}
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

type KindProps = Pick<Props, 'title' | 'onChange'> & { kinds: readonly MatchKind[]; kind: MatchKind };

function KindSelect({ title, kinds, kind, onChange }: KindProps) {
  return (
    <select
      class="input"
      aria-label={`${title}: kind`}
      value={kind}
      onChange={(event) => onChange({ kind: event.currentTarget.value as MatchKind, text: '' })}
    >
      {kinds.map((value) => (
        <option key={value} value={value} selected={value === kind}>
          {kindTitles[value]}
        </option>
      ))}
    </select>
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
