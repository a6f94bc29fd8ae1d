import type { ComponentChildren } from 'preact';

/** A column of numbers. */
export type Column = { id: string; title: string; definition?: string | undefined };

/** A row: what it is of, how long its bar is, and its numbers as they are written. */
export type BarRow = {
  id: string;
  label: ComponentChildren;
  /** Small, in front of the label: the code of a country. */
  code?: string | undefined;
  /** 0 to 1. */
  share: number;
  /** In the order of the columns; `full` shows on hover. */
  cells: readonly { text: string; full?: string; note?: ComponentChildren }[];
  /** What choosing the row does, as a sentence, and the address that it leads to. */
  action?: { title: string; href: string; onClick(event: MouseEvent): void } | undefined;
  /** An address outside that the row is of. */
  outside?: string | undefined;
};

type Props = {
  /** For screen readers: what the table is of. */
  title: string;
  /** The heading of the first column. */
  labelTitle: string;
  /** The heading is for screen readers alone: something else stands in its place. */
  hidesLabelTitle?: boolean;
  columns: readonly Column[];
  rows: readonly BarRow[];
  /** The column that rows are sorted by, and how another is chosen. */
  sort?: { id: string; isAscending: boolean; onSort(id: string): void };
};

/** A table whose rows carry a bar behind their label. */
export function BarTable({ title, labelTitle, hidesLabelTitle, columns, rows, sort }: Props) {
  return (
    <table class="bars">
      <caption class="unseen">{title}</caption>
      <thead>
        <tr>
          <th scope="col">
            <span class={hidesLabelTitle ? 'unseen' : ''}>{labelTitle}</span>
          </th>
          {columns.map((column) => (
            <ColumnHead key={column.id} column={column} sort={sort} />
          ))}
        </tr>
      </thead>
      <tbody>
        {rows.map((row) => (
          <BarRowLine key={row.id} row={row} columns={columns} />
        ))}
      </tbody>
    </table>
  );
}

function ColumnHead({ column: { id, title, definition }, sort }: { column: Column; sort: Props['sort'] }) {
  if (!sort)
    return (
      <th scope="col" title={definition}>
        {title}
      </th>
    );
  const order = sort.isAscending ? 'ascending' : 'descending';
  return (
    <th scope="col" title={definition} aria-sort={sort.id === id ? order : 'none'}>
      <button type="button" class="sort" onClick={() => sort.onSort(id)}>
        {title}
        <span aria-hidden="true">{sort.id === id ? (sort.isAscending ? ' ↑' : ' ↓') : ''}</span>
      </button>
    </th>
  );
}

function BarRowLine({ row, columns }: { row: BarRow; columns: readonly Column[] }) {
  return (
    <tr>
      <th scope="row">
        <span class="bar" style={{ '--share': row.share }}>
          <RowLabel row={row} />
        </span>
      </th>
      {columns.map(({ id }, at) => (
        <td key={id} title={row.cells[at]?.full}>
          {row.cells[at]?.text}
          {row.cells[at]?.note}
        </td>
      ))}
    </tr>
  );
}

function RowLabel({ row: { label, code, action, outside } }: { row: BarRow }) {
  const text = (
    <>
      {code && (
        <span class="code" aria-hidden="true">
          {code}
        </span>
      )}
      <bdi>{label}</bdi>
    </>
  );
  return (
    <>
      {action ? (
        <a class="bar-label" href={action.href} title={action.title} onClick={action.onClick}>
          {text}
        </a>
      ) : (
        <span class="bar-label">{text}</span>
      )}
      {outside && <OutsideLink address={outside} />}
    </>
  );
}

/** A link out of the page. Text that is no address of the web is no link. */
export function OutsideLink({ address }: { address: string }) {
  if (!/^https?:\/\//i.test(address)) return null;
  return (
    <a
      class="outside"
      href={address}
      target="_blank"
      rel="noreferrer noopener"
      aria-label={`Open ${address}`}
    >
      ↗
    </a>
  );
}
