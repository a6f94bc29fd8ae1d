import { useState } from 'preact/hooks';
import { DataTable } from './data-table.js';
import { TableIcon } from './icons.js';

type Props = { title: string; head: readonly string[]; rows: readonly (readonly string[])[] };

/** The button beside a chart that shows its numbers as a table. */
export function TableButton(props: Props) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" class="button quiet small" onClick={() => setOpen(true)}>
        <TableIcon /> Table
      </button>
      <DataTable {...props} isOpen={isOpen} onClose={() => setOpen(false)} />
    </>
  );
}
