import type { Parameters } from '../parameters.js';
import type { Statement } from './compile-query.js';
import type { SortKey } from './sort-keys.js';

/** Which rows of a statement are asked for. `after` holds the values of the sort keys of the row before. */
export type Page = { limit: number | undefined; offset: number; after: readonly SortValue[] | undefined };

export type SortValue = string | number | null;

/** The rows of a page in their order, with the keys of the order as text in `sort`. */
export function compilePage({ sql, scope, sort }: Statement, page: Page): string {
  const { bind } = scope.parameters;
  const after = page.after ? `where ${afterRow(sort, page.after, bind)}` : '';
  const order = sort.map(
    ({ column, type, isDescending }) =>
      `r.${column}${collation(type)} ${isDescending ? 'desc' : 'asc'} nulls last`,
  );
  const keys = sort.map(({ column }) => `r.${column}::text`);
  return `select r.*${keys.length > 0 ? `, array[${keys.join(', ')}]::text[] as sort` : ''}
  from (${sql}) as r ${after}
  ${order.length > 0 ? `order by ${order.join(', ')}` : ''}
  ${page.limit === undefined ? '' : `limit ${bind(page.limit, 'integer')}`} offset ${bind(page.offset, 'integer')}`;
}

// What the collector holds of an answer that is not streamed.
const maxAnswerBytes = 16 << 20;

/**
 * The same, of an answer that is held as a whole: no more rows than fit into 16 MiB of text. `page_rows` says how many
 * there are.
 */
export function compileHeldPage(statement: Statement, page: Page, dimensions: number): string {
  const texts = Array.from({ length: dimensions }, (_, at) => `octet_length(p.d${at})`);
  if (texts.length === 0) return compilePage(statement, page);
  const size = texts.map((text) => `coalesce(${text}, 0)`).join(' + ');
  return `select * from (
    select p.*, count(*) over () as page_rows, sum(${size}) over (order by p.place) as bytes
    from (select page.*, row_number() over () as place from (${compilePage(statement, page)}) as page) as p
  ) as held where bytes <= ${maxAnswerBytes} order by place`;
}

/** How many rows a statement has on all pages. */
export function compileCount({ sql }: Statement): string {
  return `select count(*) as total from (${sql}) as r`;
}

// By code points: the same on every server, whatever its locale.
function collation(type: SortKey['type']): string {
  return type === 'text' ? ' collate "C"' : '';
}

/** Whether a row comes after another: it is equal in the first keys and after it in the next one. */
function afterRow(sort: readonly SortKey[], values: readonly SortValue[], bind: Parameters['bind']): string {
  const branches = sort.map((key, at) => {
    const equal = sort.slice(0, at).map((before, i) => isSame(before, values[i] ?? null, bind));
    return [...equal, comesAfter(key, values[at] ?? null, bind)].join(' and ');
  });
  return `(${branches.map((branch) => `(${branch})`).join(' or ')})`;
}

function isSame({ column, type }: SortKey, value: SortValue, bind: Parameters['bind']): string {
  return value === null ? `r.${column} is null` : `r.${column} = ${bind(value, type)}`;
}

function comesAfter(
  { column, type, isDescending }: SortKey,
  value: SortValue,
  bind: Parameters['bind'],
): string {
  if (value === null) return 'false';
  const operator = isDescending ? '<' : '>';
  const place = bind(value, type);
  return `(r.${column}${collation(type)} ${operator} ${place} or r.${column} is null)`;
}
