import { Dialog } from './dialog.js';

type Props = {
  title: string;
  isOpen: boolean;
  onClose(): void;
  head: readonly string[];
  rows: readonly (readonly string[])[];
};

/** The numbers behind a chart, for who does not see it or wants them exactly. */
export function DataTable({ title, isOpen, onClose, head, rows }: Props) {
  return (
    <Dialog title={title} isOpen={isOpen} onClose={onClose} width="wide">
      <PlainTable title={title} head={head} rows={rows} />
    </Dialog>
  );
}

/** A table of text: the first column names the row. */
export function PlainTable({ title, head, rows }: Pick<Props, 'title' | 'head' | 'rows'>) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reached by the keyboard
    <section class="scroll" tabIndex={0} aria-label={title}>
      <table class="plain-table">
        <thead>
          <tr>
            {head.map((name) => (
              <th key={name} scope="col">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, at) => (
            <tr key={at}>
              {row.map((cell, place) =>
                place === 0 ? (
                  <th key={place} scope="row">
                    {cell}
                  </th>
                ) : (
                  <td key={place}>{cell}</td>
                ),
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
