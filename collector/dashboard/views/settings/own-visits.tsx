import { request } from '../../api/client.js';
import { reloadAll } from '../../api/reloads.js';
import { useReport } from '../../api/use-report.js';
import { useSession } from '../../session/session.js';
import type { Site } from '../../state/scope.js';
import { Card } from '../../ui/card.js';
import { Snippet } from '../../ui/snippet.js';
import { Answered } from '../../ui/states.js';
import type { ViewProps } from '../view.js';
import type { Field } from './parts/fields.js';
import { RecordForm } from './parts/record-form.js';
import { useCanChange } from './parts/use-can-change.js';
import { useSending } from './parts/use-sending.js';
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
        <>
          <OwnAddress path={path} excluded={settings.excludedAddresses} />
          <RecordForm
            key={settings.excludedAddresses.join()}
            fields={fields}
            record={settings}
            timezone="UTC"
            button="Save"
            done="Saved."
            onSubmit={async (body) => change(path, body)}
          />
        </>
      )}
    </Answered>
  );
}

async function change(path: string, body: object): Promise<void> {
  await request(`/api/v1/${path}`, { method: 'PATCH', body });
  reloadAll();
}

type OwnProps = { path: string; excluded: readonly string[] };

/** The address that the collector sees of whoever looks, to be excluded or counted again with one click. */
function OwnAddress({ path, excluded }: OwnProps) {
  const { client } = useSession();
  const { error, isSending, run } = useSending();
  if (!client) return null;
  const { address, network, isPublic } = client;
  if (!isPublic)
    return (
      <p class="notice">
        <b>
          You come from <bdi>{address}</bdi>, an address of a private network
        </b>
        Everybody may seem to come from there: a proxy in front of the collector is to be named in
        FOOTFALL_TRUSTED_PROXIES.
      </p>
    );
  const own = excluded.filter((entry) => entry === address || entry === network);
  const next = own.length > 0 ? excluded.filter((entry) => !own.includes(entry)) : [...excluded, network];
  return (
    <div class="own-address">
      <p>
        Your address:{' '}
        <b>
          <bdi>{address}</bdi>
        </b>
        {network !== address && (
          <>
            , of the network{' '}
            <b>
              <bdi>{network}</bdi>
            </b>
          </>
        )}
      </p>
      <button
        type="button"
        class="button"
        disabled={isSending}
        onClick={() => run(() => change(path, { excludedAddresses: next }))}
      >
        {own.length > 0 ? 'Count my visits again' : 'Exclude my visits'}
      </button>
      {error && <span role="alert">{error.message}</span>}
    </div>
  );
}
