import { request } from '../../api/client.js';
import { useReport } from '../../api/use-report.js';
import { addressWith, follow } from '../../state/address.js';
import type { Site } from '../../state/scope.js';
import { Card } from '../../ui/card.js';
import { Answered } from '../../ui/states.js';
import { nameMatch } from '../event-match.js';
import { funnelChange, type SavedFunnel } from '../funnels/funnel-question.js';
import type { ViewProps } from '../view.js';
import type { Field } from './parts/fields.js';
import { RecordForm } from './parts/record-form.js';
import { type Column, Records, RowName } from './parts/records.js';
import { DeleteButton, EditButton } from './parts/saved-actions.js';
import { useCanChange } from './parts/use-can-change.js';

const editor = { view: 'funnels', section: null };

/** Funnels that are kept under a name. */
export default function SavedFunnels({ scope: { site } }: ViewProps) {
  const canChange = useCanChange();
  const asked = useReport<{ saved_funnels: SavedFunnel[] }>('saved-funnels', { site: site.site });
  return (
    <Card
      title="Saved funnels"
      actions={
        canChange && (
          <a class="button small" href={addressWith(editor)} onClick={(event) => follow(event, editor)}>
            New funnel
          </a>
        )
      }
    >
      <Answered asked={asked}>
        {({ saved_funnels: rows }) => (
          <Records
            title="Saved funnels"
            rows={rows}
            idOf={({ id }) => id}
            columns={columns}
            actions={canChange ? (funnel) => <FunnelActions funnel={funnel} site={site} /> : undefined}
            empty={{
              title: 'There is no saved funnel yet',
              text: 'Make one in the view of funnels, and save it there.',
            }}
          />
        )}
      </Answered>
    </Card>
  );
}

const columns: readonly Column<SavedFunnel>[] = [
  { title: 'Funnel', cell: (funnel) => <FunnelLink funnel={funnel} /> },
  {
    title: 'Steps',
    cell: ({ parameters: { steps } }) => <bdi>{steps.map(nameMatch).join(' → ')}</bdi>,
  },
];

function FunnelLink({ funnel: { name, parameters } }: { funnel: SavedFunnel }) {
  const change = { ...editor, ...funnelChange(parameters) };
  return (
    <a href={addressWith(change)} onClick={(event) => follow(event, change)}>
      <RowName name={name} />
    </a>
  );
}

const fields: readonly Field[] = [{ name: 'name', label: 'Name', kind: 'text', isRequired: true }];

function FunnelActions({ funnel, site }: { funnel: SavedFunnel; site: Site }) {
  const { id, name, parameters } = funnel;
  const path = `/api/v1/saved-funnels/${id}`;
  return (
    <>
      <EditButton name={name}>
        {(done) => (
          <RecordForm
            fields={fields}
            record={funnel}
            timezone={site.timezone}
            button="Save"
            onSubmit={async (given) => {
              await request(path, { method: 'PUT', body: { ...given, parameters, site: site.site } });
              done();
            }}
          />
        )}
      </EditButton>
      <DeleteButton
        path={path}
        site={site.site}
        name={name}
        text="Others who use it no longer find it in the list. Its events stay."
      />
    </>
  );
}
