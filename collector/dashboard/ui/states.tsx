import type { ComponentChildren } from 'preact';
import type { ApiError } from '../api/api-error.js';
import type { Asked } from '../api/use-answer.js';

/** What a person can do about an answer; the collector's own hint comes first. */
const advice: Record<number, string> = {
  0: 'Check that the collector runs and that this device is online.',
  403: 'Ask an owner or admin for access to this site.',
  404: 'It may have been deleted: go back and choose another.',
  422: 'Choose a shorter period or fewer filters.',
  429: 'Wait a moment, then try again.',
  503: 'The database is away. Wait a moment, then try again.',
};

/** Says why there is nothing to see, and what helps. */
export function ErrorState({ error, retry }: { error: ApiError; retry?: () => void }) {
  return (
    <div class="state state-error" role="alert">
      <p class="state-title">{error.message}</p>
      <p>{error.hint ?? advice[error.status] ?? 'Try again; the log of the collector says more.'}</p>
      {retry && (
        <button type="button" class="button" onClick={retry}>
          Try again
        </button>
      )}
    </div>
  );
}

/** Nothing there, and that is no failure. */
export function EmptyState({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="state">
      <p class="state-title">{title}</p>
      {children}
    </div>
  );
}

/** Bars in the place of rows that are on their way. */
export function LoadingState({ rows = 6, isSlow = false }: { rows?: number; isSlow?: boolean }) {
  return (
    <div class="loading" role="status" aria-label="Loading">
      {Array.from({ length: rows }, (_, at) => (
        <span key={at} class="loading-row" />
      ))}
      {isSlow && <p class="slow">Still counting. A shorter period answers sooner.</p>}
    </div>
  );
}

type Props<Answer> = {
  asked: Asked<Answer>;
  rows?: number;
  /** Draws the answer. */
  children(answer: Answer): ComponentChildren;
};

/** Draws what is known of an answer: on its way, failed, or there; the last one stays, faded, while the next comes. */
export function Answered<Answer>({ asked, rows, children }: Props<Answer>) {
  const { answer, error, isLoading, isSlow, retry } = asked;
  if (error && !isLoading) return <ErrorState error={error} retry={retry} />;
  if (answer === undefined) return <LoadingState {...(rows !== undefined && { rows })} isSlow={isSlow} />;
  return (
    <div class={isLoading ? 'answered is-stale' : 'answered'} aria-busy={isLoading}>
      {children(answer)}
      {isSlow && (
        <p class="slow" role="status">
          Still counting. A shorter period answers sooner.
        </p>
      )}
    </div>
  );
}
