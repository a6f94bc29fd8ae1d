import { request } from '../../api/client.js';
import { useReport } from '../../api/use-report.js';
import { formatMoment } from '../../format/dates.js';
import type { Site } from '../../state/scope.js';
import { Card } from '../../ui/card.js';
import { Snippet } from '../../ui/snippet.js';
import { Answered } from '../../ui/states.js';
import type { ViewProps } from '../view.js';
import { ActionButton, ConfirmForm, type Ending } from './parts/action-button.js';
import type { Field } from './parts/fields.js';
import { RecordForm } from './parts/record-form.js';
import { type Column, Records, RowName } from './parts/records.js';
import { SecretBox } from './parts/secret-box.js';

type Share = {
  id: string;
  name: string;
  createdAt: string;
  expiresAt: string | null;
  revokedAt: string | null;
};

/** Links by which anybody reads the site, without an account. */
export default function Shares({ scope: { site } }: ViewProps) {
  const asked = useReport<{ shares: Share[] }>('shares', { site: site.site });
  return (
    <Card
      title="Share links"
      actions={
        <ActionButton title="New link">{(ending) => <NewShare site={site} ending={ending} />}</ActionButton>
      }
    >
      <p class="lead">Whoever has a link reads the reports of {site.name}, and changes nothing.</p>
      <Answered asked={asked}>
        {({ shares }) => (
          <Records
            title="Share links"
            rows={shares.filter((share) => stateOf(share) === 'in force')}
            idOf={({ id }) => id}
            columns={columnsIn(site)}
            actions={(share) => <RevokeButton share={share} site={site} />}
            empty={{ title: 'No link is in force', text: 'Make one to show the numbers to others.' }}
          />
        )}
      </Answered>
    </Card>
  );
}

function stateOf({ revokedAt, expiresAt }: Share): string {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && Date.parse(expiresAt) <= Date.now() ? 'expired' : 'in force';
}

function columnsIn({ timezone }: Site): Column<Share>[] {
  return [
    { title: 'Link', cell: ({ name }) => <RowName name={name} /> },
    { title: 'Made', kind: 'time', cell: ({ createdAt }) => formatMoment(createdAt, timezone) },
    {
      title: 'Ends',
      kind: 'time',
      cell: ({ expiresAt }) => (expiresAt === null ? 'never' : formatMoment(expiresAt, timezone)),
    },
  ];
}

function RevokeButton({ share: { id, name }, site }: { share: Share; site: Site }) {
  const parameters = { site: site.site };
  return (
    <ActionButton title="Revoke" of={name}>
      {({ done }) => (
        <ConfirmForm
          text="The link shows nothing from now on, also where it is embedded."
          button="Revoke the link"
          run={() => request<void>(`/api/v1/shares/${id}`, { method: 'DELETE', parameters }).then(done)}
        />
      )}
    </ActionButton>
  );
}

const fields: readonly Field[] = [
  {
    name: 'name',
    label: 'Name',
    kind: 'text',
    isRequired: true,
    placeholder: 'The board',
    hint: 'For this list.',
  },
  {
    name: 'password',
    label: 'Password (empty: none)',
    kind: 'password',
    isNullable: true,
    hint: 'Tell it by another way than the link.',
  },
  { name: 'expires_at', label: 'Ends (empty: never)', kind: 'moment', isNullable: true },
];

function NewShare({ site, ending }: { site: Site; ending: Ending }) {
  return (
    <RecordForm
      fields={fields}
      timezone={site.timezone}
      button="Make the link"
      onSubmit={async (given) => {
        const body = { ...given, site: site.site };
        const { token } = await request<{ token: string }>('/api/v1/shares', { method: 'POST', body });
        ending.show(<ShareBox token={token} onDone={ending.done} />);
      }}
    />
  );
}

function ShareBox({ token, onDone }: { token: string; onDone(): void }) {
  const link = `${location.origin}/share/${token}`;
  return (
    <SecretBox text="Whoever has the link reads the site." secret={link} onDone={onDone}>
      <h3>To embed it in a page</h3>
      <Snippet
        text={`<iframe src="${link}?embed" title="Footfall" width="100%" height="1600" loading="lazy"></iframe>`}
      />
    </SecretBox>
  );
}
