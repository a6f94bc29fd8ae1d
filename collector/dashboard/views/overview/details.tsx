import { useState } from 'preact/hooks';
import { toApiError } from '../../api/client.js';
import { askQuery, downloadQuery, type QueryAnswer, queryBody } from '../../api/query.js';
import { useAnswer } from '../../api/use-answer.js';
import { nameDimension } from '../../format/names.js';
import { formatNumber } from '../../format/numbers.js';
import { go, useAddress } from '../../state/address.js';
import type { Scope } from '../../state/scope.js';
import { BarTable } from '../../ui/bar-table.js';
import { Dialog } from '../../ui/dialog.js';
import { DownloadIcon } from '../../ui/icons.js';
import { saveFile } from '../../ui/save-file.js';
import { Answered, EmptyState } from '../../ui/states.js';
import { useSettled } from '../../ui/use-settled.js';
import { useChosen, VariantChoice } from './breakdown-card.js';
import { barRowsOf, columnsOf, metricsOf, questionOf, type Sort } from './breakdown-question.js';
import type { CardDefinition } from './breakdowns.js';

const pageRows = 50;
const closed = { details: null, page: null, search: null, sort: null };

/** All rows of the open tab of a card: searched, sorted, page by page, and as a file. */
export function Details({ card, scope }: { card: CardDefinition; scope: Scope }) {
  const { chosen, dimension } = useChosen(card);
  const address = useAddress();
  const search = useSettled(address.get('search') ?? '').trim();
  const page = Math.max(1, Math.trunc(Number(address.get('page'))) || 1);
  const metrics = metricsOf(chosen.more, scope);
  const sort = readSort(address.get('sort'), metrics) ?? ([chosen.metrics[0] ?? 'visitors', 'desc'] as const);
  const ask = { metrics, search, sort, limit: pageRows, offset: (page - 1) * pageRows };
  const body = queryBody(scope, questionOf(chosen, dimension, ask));
  const asked = useAnswer(body, (signal) => askQuery(body, signal));
  return (
    <Dialog
      title={`${chosen.title}`}
      isOpen
      width="wide"
      onClose={() => go(closed)}
      actions={<Export card={card} scope={scope} search={search} sort={sort} />}
    >
      <div class="details-bar">
        {chosen.variants && <VariantChoice card={card} variants={chosen.variants} chosen={dimension} />}
        <input
          class="input"
          type="search"
          aria-label={`Search ${chosen.title.toLowerCase()}`}
          placeholder="Search"
          value={address.get('search') ?? ''}
          onInput={(event) =>
            go({ search: event.currentTarget.value || null, page: null }, { replace: true })
          }
        />
      </div>
      <Answered asked={asked} rows={12}>
        {(answer) => (
          <>
            <DetailRows answer={answer} metrics={metrics} sort={sort} scope={scope} dimension={dimension} />
            <Pages page={page} total={answer.meta.total_rows ?? 0} />
          </>
        )}
      </Answered>
    </Dialog>
  );
}

function readSort(text: string | null, metrics: readonly string[]): Sort | undefined {
  const [metric = '', direction] = text?.split(',') ?? [];
  return metrics.includes(metric) ? [metric, direction === 'asc' ? 'asc' : 'desc'] : undefined;
}

type RowsProps = {
  answer: QueryAnswer;
  metrics: readonly string[];
  sort: Sort;
  scope: Scope;
  dimension: string;
};

function DetailRows({ answer: { results, meta }, metrics, sort, scope, dimension }: RowsProps) {
  if (results.length === 0) return <EmptyState title="No rows" />;
  const [sorted, direction] = sort;
  const onSort = (id: string) => {
    const next = id === sorted && direction === 'desc' ? 'asc' : 'desc';
    go({ sort: `${id},${next}`, page: null }, { replace: true });
  };
  return (
    <div class="details-rows">
      <BarTable
        title={nameDimension(dimension)}
        labelTitle={nameDimension(dimension)}
        columns={columnsOf(metrics, meta.metrics)}
        rows={barRowsOf({ rows: results, metrics, meta: meta.metrics, scope, dimension })}
        sort={{ id: sorted, isAscending: direction === 'asc', onSort }}
      />
    </div>
  );
}

function Pages({ page, total }: { page: number; total: number }) {
  const last = Math.max(1, Math.ceil(total / pageRows));
  const open = (next: number) => go({ page: next === 1 ? null : String(next) }, { replace: true });
  return (
    <nav class="pages" aria-label="Pages">
      <span class="hint grow">
        {formatNumber(total)} {total === 1 ? 'row' : 'rows'}
        {last > 1 && `, page ${formatNumber(page)} of ${formatNumber(last)}`}
      </span>
      {last > 1 && (
        <>
          <button type="button" class="button small" disabled={page <= 1} onClick={() => open(page - 1)}>
            Previous
          </button>
          <button type="button" class="button small" disabled={page >= last} onClick={() => open(page + 1)}>
            Next
          </button>
        </>
      )}
    </nav>
  );
}

type ExportProps = { card: CardDefinition; scope: Scope; search: string; sort: Sort };

/** All rows as CSV: whatever is searched, without a limit. */
function Export({ card, scope, search, sort }: ExportProps) {
  const { chosen, dimension } = useChosen(card);
  const [failure, setFailure] = useState<string>();
  const metrics = metricsOf(chosen.more, scope);
  const { limit: _, ...question } = questionOf(chosen, dimension, { metrics, search, sort, limit: pageRows });
  const save = () => {
    setFailure(undefined);
    downloadQuery(queryBody(scope, question)).then(
      (blob) => saveFile(blob, `${scope.site.site} ${chosen.id}.csv`),
      (error: unknown) => setFailure(toApiError(error)?.message),
    );
  };
  return (
    <>
      {failure && <span class="field-error">{failure}</span>}
      <button type="button" class="button small" onClick={save}>
        <DownloadIcon />
        CSV
      </button>
    </>
  );
}
