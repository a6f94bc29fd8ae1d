import { useState } from 'preact/hooks';
import { request } from '../../api/client.js';
import { useReport } from '../../api/use-report.js';
import { formatAgo, formatMoment } from '../../format/dates.js';
import { type Session, useSession } from '../../session/session.js';
import type { Site } from '../../state/scope.js';
import { Card } from '../../ui/card.js';
import { CheckField } from '../../ui/field.js';
import { Answered } from '../../ui/states.js';
import type { ViewProps } from '../view.js';
import { ActionButton, ConfirmForm, type Ending } from './parts/action-button.js';
import type { Field } from './parts/fields.js';
import { reachFields, reachOf, rolesBelow } from './parts/reach-fields.js';
import { RecordForm } from './parts/record-form.js';
import { type Column, Records, RowName } from './parts/records.js';
import { SecretBox } from './parts/secret-box.js';
import { RotateForm } from './site.js';

type Key = {
  keyId: string;
  role: string;
  name: string;
  sites: string[] | null;
  expiresAt: string | null;
  createdAt: string;
  lastUsedAt: string | null;
  revokedAt: string | null;
};

const roles = {
  ingest: 'Ingest: sends events from a server',
  assign: 'Assign: assigns to experiments',
  analyst: 'Analyst: reads',
  admin: 'Admin: changes its sites',
  owner: 'Owner: everything',
};
const told = 'Whoever has it may do what its role may. Keep it where only your server reads it.';

/** The secret keys of servers and scripts. */
export default function Keys({ scope: { site } }: ViewProps) {
  const session = useSession();
  const asked = useReport<{ keys: Key[] }>('keys', {});
  return (
    <Card
      title="Secret keys"
      actions={
        <ActionButton title="New key">
          {(ending) => <NewKey session={session} site={site} ending={ending} />}
        </ActionButton>
      }
    >
      <p class="lead">With a key a server or a script asks the API. People sign in instead.</p>
      <Answered asked={asked}>{({ keys }) => <KeyList keys={keys} site={site} />}</Answered>
    </Card>
  );
}

function stateOf({ revokedAt, expiresAt }: Key): 'revoked' | 'expired' | undefined {
  if (revokedAt !== null) return 'revoked';
  return expiresAt !== null && Date.parse(expiresAt) <= Date.now() ? 'expired' : undefined;
}

function KeyList({ keys, site: { timezone } }: { keys: readonly Key[]; site: Site }) {
  const [showsEnded, setShowsEnded] = useState(false);
  const inForce = keys.filter((key) => stateOf(key) === undefined);
  return (
    <>
      <Records
        title="Secret keys"
        rows={(showsEnded ? keys : inForce).toReversed()}
        idOf={({ keyId }) => keyId}
        columns={columnsIn(timezone)}
        actions={(key) => (stateOf(key) === undefined ? <KeyActions of={key} /> : null)}
        empty={{ title: 'There is no key', text: 'Make one for each server that asks the API.' }}
      />
      {inForce.length < keys.length && (
        <CheckField
          label="Show those that have ended"
          checked={showsEnded}
          onChange={(event) => setShowsEnded(event.currentTarget.checked)}
        />
      )}
    </>
  );
}

function columnsIn(timezone: string): Column<Key>[] {
  const ago = (at: string | null) => (at === null ? 'never' : formatAgo(at, Date.now()));
  return [
    {
      title: 'Name',
      cell: ({ name, sites }) => <RowName name={name} note={sites?.join(', ') ?? 'all sites'} />,
    },
    {
      title: 'Role',
      cell: (key) => (
        <>
          <span class="badge">{key.role}</span>{' '}
          {stateOf(key) && <span class="badge is-warn">{stateOf(key)}</span>}
        </>
      ),
    },
    { title: 'Used', kind: 'time', cell: ({ lastUsedAt }) => ago(lastUsedAt) },
    {
      title: 'Ends',
      kind: 'time',
      cell: ({ expiresAt }) => (expiresAt === null ? 'never' : formatMoment(expiresAt, timezone)),
    },
  ];
}

function KeyActions({ of: { keyId, name } }: { of: Key }) {
  const path = `/api/v1/keys/${keyId}`;
  return (
    <>
      <ActionButton title="Rotate" of={name}>
        {({ done, show }) => (
          <RotateForm
            path={`${path}/rotate`}
            onDone={({ key = '' }) => show(<SecretBox text={told} secret={key} onDone={done} />)}
          />
        )}
      </ActionButton>
      <ActionButton title="Revoke" of={name}>
        {({ done }) => (
          <ConfirmForm
            text="Whatever uses this key is refused from now on."
            button="Revoke the key"
            run={() => request<void>(path, { method: 'DELETE' }).then(done)}
          />
        )}
      </ActionButton>
    </>
  );
}

function fieldsFor(session: Session): Field[] {
  return [
    { name: 'name', label: 'Name', kind: 'text', isRequired: true, placeholder: 'Shop server' },
    { name: 'role', label: 'Role', kind: 'choice', options: rolesBelow(session.role, roles) },
    ...reachFields(session),
    { name: 'expiresAt', label: 'Ends (empty: never)', kind: 'moment', isNullable: true },
  ];
}

function NewKey({ session, site, ending }: { session: Session; site: Site; ending: Ending }) {
  return (
    <RecordForm
      fields={fieldsFor(session)}
      record={{ sites: [site.site] }}
      timezone={site.timezone}
      button="Create the key"
      onSubmit={async ({ reach: _, ...given }, draft) => {
        const body = { ...given, sites: reachOf(draft) ?? null };
        const { key } = await request<{ key: string }>('/api/v1/keys', { method: 'POST', body });
        ending.show(<SecretBox text={told} secret={key} onDone={ending.done} />);
      }}
    />
  );
}
