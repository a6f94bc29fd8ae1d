import { useState } from 'preact/hooks';
import type { ApiError } from '../../api/api-error.js';
import { request, toApiError } from '../../api/client.js';
import { reloadAll } from '../../api/reloads.js';
import { type Asked, useAnswer } from '../../api/use-answer.js';
import { placeOf, type Series } from '../../chart/series.js';
import { formatMoment } from '../../format/dates.js';
import { toMoment } from '../../state/calendar.js';
import type { Scope } from '../../state/scope.js';
import { Dialog } from '../../ui/dialog.js';
import { FormError, TextField } from '../../ui/field.js';
import { CloseIcon } from '../../ui/icons.js';

/** What happened when, as somebody wrote it down. */
export type Annotation = { id: string; noted_at: string; text: string };

export function useAnnotations({ site }: Scope): Asked<{ annotations: Annotation[] }> {
  return useAnswer(site.site, (signal) =>
    request('/api/v1/annotations', { parameters: { site: site.site }, signal }),
  );
}

/** Annotations by the bucket that they lie in. */
export function placeAnnotations(annotations: readonly Annotation[], series: Series, { site }: Scope) {
  const places = new Map<number, Annotation[]>();
  for (const annotation of annotations) {
    const at = placeOf(annotation.noted_at, series, site.timezone);
    if (at !== undefined) places.set(at, [...(places.get(at) ?? []), annotation]);
  }
  return places;
}

type DialogProps = { scope: Scope; annotations: readonly Annotation[]; isOpen: boolean; onClose(): void };

/** Adds an annotation, and lists those that there are. */
export function AnnotationDialog({ scope, annotations, isOpen, onClose }: DialogProps) {
  return (
    <Dialog title="Annotations" isOpen={isOpen} onClose={onClose}>
      <AnnotationForm scope={scope} onDone={onClose} />
      <AnnotationList scope={scope} annotations={annotations} />
    </Dialog>
  );
}

function AnnotationList({ scope, annotations }: Pick<DialogProps, 'scope' | 'annotations'>) {
  const [error, setError] = useState<ApiError>();
  return (
    <>
      <FormError message={error?.message} hint={error?.hint} />
      <ul class="note-list">
        {annotations.map((annotation) => (
          <AnnotationLine key={annotation.id} annotation={annotation} scope={scope} onError={setError} />
        ))}
      </ul>
    </>
  );
}

type LineProps = { annotation: Annotation; scope: Scope; onError(error: ApiError | undefined): void };

function AnnotationLine({ annotation, scope: { site }, onError }: LineProps) {
  const remove = () => {
    const path = `/api/v1/annotations/${annotation.id}`;
    onError(undefined);
    request(path, { method: 'DELETE', parameters: { site: site.site } }).then(reloadAll, (reason: unknown) =>
      onError(toApiError(reason)),
    );
  };
  return (
    <li>
      <span class="hint">{formatMoment(annotation.noted_at, site.timezone)}</span>
      <bdi class="grow">{annotation.text}</bdi>
      <button type="button" class="icon-button" aria-label={`Remove ${annotation.text}`} onClick={remove}>
        <CloseIcon />
      </button>
    </li>
  );
}

function AnnotationForm({ scope: { site, today }, onDone }: { scope: Scope; onDone(): void }) {
  const [text, setText] = useState('');
  const [when, setWhen] = useState(`${today}T12:00`);
  const [error, setError] = useState<ApiError>();
  const submit = (event: Event) => {
    event.preventDefault();
    const body = { site: site.site, text, noted_at: toMoment(when, site.timezone) };
    request('/api/v1/annotations', { method: 'POST', body }).then(
      () => {
        reloadAll();
        onDone();
      },
      (reason: unknown) => setError(toApiError(reason)),
    );
  };
  return (
    <form class="form" onSubmit={submit}>
      <TextField
        label="What happened"
        required
        maxLength={2000}
        value={text}
        onInput={(event) => setText(event.currentTarget.value)}
      />
      <TextField
        label={`When (${site.timezone})`}
        type="datetime-local"
        required
        value={when}
        onInput={(event) => setWhen(event.currentTarget.value)}
      />
      <FormError message={error?.message} hint={error?.hint} />
      <button type="submit" class="button primary">
        Add
      </button>
    </form>
  );
}
