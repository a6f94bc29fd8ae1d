import { request } from '../../api/client.js';
import { reloadAll } from '../../api/reloads.js';
import { useReport } from '../../api/use-report.js';
import type { Site } from '../../state/scope.js';
import { Card } from '../../ui/card.js';
import { Snippet } from '../../ui/snippet.js';
import { Answered } from '../../ui/states.js';
import type { ViewProps } from '../view.js';
import type { Field } from './parts/fields.js';
import { RecordForm } from './parts/record-form.js';
import { useCanChange } from './parts/use-can-change.js';
import type { SiteSettings } from './site.js';

/** How not to count oneself: in one browser, or from an address. */
export default function OwnVisits({ scope: { site } }: ViewProps) {
  const canChange = useCanChange();
  return (
    <div class="view-stack">
      <Card title="In this browser">
        <p class="lead">
          Open a page of {site.name} in the browser that is not to be counted, open its console (F12) and run
          this. The browser remembers it for the site; nothing is sent from it any more.
        </p>
        <Snippet text="footfall.optOut()" />
        <p class="lead">To be counted again:</p>
        <Snippet text="footfall.consent('granted')" />
      </Card>
      {canChange && (
        <Card title="From an address">
          <p class="lead">
            For an office or a home with an address of its own: nobody who comes from it is counted.
          </p>
          <AddressForm site={site} />
        </Card>
      )}
    </div>
  );
}

const fields: readonly Field[] = [
  {
    name: 'excludedAddresses',
    label: 'Excluded addresses',
    kind: 'list',
    placeholder: '192.0.2.7',
    hint: 'One address or network a line, such as 192.0.2.7 or 2001:db8::/32.',
  },
];

function AddressForm({ site: { site } }: { site: Site }) {
  const path = `sites/${site}`;
  const asked = useReport<SiteSettings>(path, {});
  return (
    <Answered asked={asked}>
      {(settings) => (
        <RecordForm
          fields={fields}
          record={settings}
          timezone="UTC"
          button="Save"
          done="Saved."
          onSubmit={async (body) => {
            await request(`/api/v1/${path}`, { method: 'PATCH', body });
            reloadAll();
          }}
        />
      )}
    </Answered>
  );
}
