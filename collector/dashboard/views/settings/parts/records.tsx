import type { ComponentChildren } from 'preact';
import { EmptyState } from '../../../ui/states.js';

export type Column<Row> = {
  title: string;
  cell(row: Row): ComponentChildren;
  kind?: 'number' | 'time';
};

type Props<Row> = {
  /** What the rows are, for screen readers. */
  title: string;
  rows: readonly Row[];
  idOf(row: Row): string;
  /** The first one names the row. */
  columns: readonly Column<Row>[];
  /** What can be done to a row. */
  actions?: ((row: Row) => ComponentChildren) | undefined;
  /** What there is to do where there are none. */
  empty: { title: string; text: string };
};

/** A list of what is kept, each with what can be done to it. */
export function Records<Row>({ title, rows, idOf, columns, actions, empty }: Props<Row>) {
  if (rows.length === 0)
    return (
      <EmptyState title={empty.title}>
        <p>{empty.text}</p>
      </EmptyState>
    );
  return (
    <div class="list-scroll">
      <table class="list-table is-stacked records" aria-label={title}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.title} scope="col" class={classOf(column.kind)}>
                {column.title}
              </th>
            ))}
            {actions && (
              <th scope="col">
                <span class="unseen">Actions</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <RecordRow key={idOf(row)} row={row} columns={columns} actions={actions} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

const classOf = (kind: string | undefined) => (kind === undefined ? '' : `${kind}-cell`);

function RecordRow<Row>({ row, columns, actions }: Pick<Props<Row>, 'columns' | 'actions'> & { row: Row }) {
  return (
    <tr>
      {columns.map(({ title, cell, kind }, at) =>
        at === 0 ? (
          <th key={title} scope="row">
            {cell(row)}
          </th>
        ) : (
          <td key={title} data-title={title} class={classOf(kind)}>
            {cell(row)}
          </td>
        ),
      )}
      {actions && (
        <td class="actions-cell">
          <div class="actions">{actions(row)}</div>
        </td>
      )}
    </tr>
  );
}

/** The name of a row, with what more there is to say of it. */
export function RowName({ name, note }: { name: string; note?: ComponentChildren }) {
  return (
    <>
      <bdi class="row-title">{name}</bdi>
      {note && <p class="row-note">{note}</p>}
    </>
  );
}
