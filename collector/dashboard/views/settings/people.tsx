import { request } from '../../api/client.js';
import { useReport } from '../../api/use-report.js';
import { formatAgo } from '../../format/dates.js';
import { type Session, useSession } from '../../session/session.js';
import type { Site } from '../../state/scope.js';
import { Card } from '../../ui/card.js';
import { Answered } from '../../ui/states.js';
import type { ViewProps } from '../view.js';
import { ActionButton, ConfirmForm, type Ending } from './parts/action-button.js';
import type { Field } from './parts/fields.js';
import { reachFields, reachOf, rolesBelow } from './parts/reach-fields.js';
import { RecordForm } from './parts/record-form.js';
import { type Column, Records, RowName } from './parts/records.js';
import { SecretBox } from './parts/secret-box.js';

type Person = {
  id: string;
  email: string;
  name: string;
  role: string;
  sites: 'all' | string[];
  state: 'invited' | 'active' | 'disabled';
  lastLoginAt: string | null;
};
type Invitation = { passwordLink: { url: string; expiresAt: string } };

const roles = {
  analyst: 'Analyst: reads',
  admin: 'Admin: changes its sites',
  owner: 'Owner: everything',
};
const stateKinds = { invited: 'is-warn', active: 'is-good', disabled: '' };

/** Who may sign in. */
export default function People({ scope: { site } }: ViewProps) {
  const session = useSession();
  const asked = useReport<{ users: Person[] }>('users', {});
  return (
    <Card
      title="People"
      actions={
        <ActionButton title="Invite">
          {(ending) => <Invite session={session} site={site} ending={ending} />}
        </ActionButton>
      }
    >
      <Answered asked={asked}>
        {({ users }) => (
          <Records
            title="People"
            rows={users}
            idOf={({ id }) => id}
            columns={columns}
            actions={(person) =>
              person.email === session.operator?.email ? (
                <span class="hint">You</span>
              ) : (
                <PersonActions person={person} session={session} />
              )
            }
            empty={{ title: 'Nobody has an account yet', text: 'Invite the first person.' }}
          />
        )}
      </Answered>
    </Card>
  );
}

const columns: readonly Column<Person>[] = [
  {
    title: 'Person',
    cell: ({ name, email }) => <RowName name={name} note={name === email ? undefined : <bdi>{email}</bdi>} />,
  },
  { title: 'Role', cell: ({ role }) => <span class="badge">{role}</span> },
  { title: 'Sites', cell: ({ sites }) => <bdi>{sites === 'all' ? 'all' : sites.join(', ')}</bdi> },
  { title: 'State', cell: ({ state }) => <span class={`badge ${stateKinds[state]}`}>{state}</span> },
  {
    title: 'Signed in',
    kind: 'time',
    cell: ({ lastLoginAt }) => (lastLoginAt === null ? 'never' : formatAgo(lastLoginAt, Date.now())),
  },
];

function changeFields(session: Session): Field[] {
  return [
    { name: 'name', label: 'Name', kind: 'text' },
    { name: 'role', label: 'Role', kind: 'choice', options: rolesBelow(session.role, roles) },
    ...reachFields(session),
  ];
}

function InvitationBox({ invitation, onDone }: { invitation: Invitation; onDone(): void }) {
  const { href } = new URL(invitation.passwordLink.url, location.origin);
  const text = 'Whoever opens this link sets the password. It works once, within three days.';
  return <SecretBox text={text} secret={href} onDone={onDone} />;
}

function Invite({ session, site, ending }: { session: Session; site: Site; ending: Ending }) {
  const email: Field = { name: 'email', label: 'Email', kind: 'email', isRequired: true };
  return (
    <RecordForm
      fields={[email, ...changeFields(session)]}
      record={{ sites: [site.site] }}
      timezone={site.timezone}
      button="Make the invitation"
      onSubmit={async ({ reach: _, ...given }, draft) => {
        const body = { ...given, sites: reachOf(draft) ?? 'all' };
        const invitation = await request<Invitation>('/api/v1/users', { method: 'POST', body });
        ending.show(<InvitationBox invitation={invitation} onDone={ending.done} />);
      }}
    />
  );
}

function PersonActions({ person, session }: { person: Person; session: Session }) {
  const { email, state } = person;
  const path = `/api/v1/users/${person.id}`;
  const isDisabled = state === 'disabled';
  const able = (disabled: boolean) => request<void>(path, { method: 'PATCH', body: { disabled } });
  return (
    <>
      <ActionButton title="Edit" of={email}>
        {({ done }) => <ChangePerson person={person} session={session} onDone={done} />}
      </ActionButton>
      <ActionButton title="Reset" of={email}>
        {(ending) => <ResetPerson path={path} ending={ending} />}
      </ActionButton>
      <ActionButton title={isDisabled ? 'Enable' : 'Disable'} of={email}>
        {({ done }) => (
          <ConfirmForm
            text={isDisabled ? 'They can sign in again.' : 'They are signed out, and cannot sign in.'}
            button={isDisabled ? 'Enable' : 'Disable'}
            isDanger={!isDisabled}
            run={() => able(!isDisabled).then(done)}
          />
        )}
      </ActionButton>
      <ActionButton title="Remove" of={email}>
        {({ done }) => (
          <ConfirmForm
            text="The account is deleted. What they did stays in the audit log."
            button="Remove"
            run={() => request<void>(path, { method: 'DELETE' }).then(done)}
          />
        )}
      </ActionButton>
    </>
  );
}

function ChangePerson({ person, session, onDone }: { person: Person; session: Session; onDone(): void }) {
  const { sites } = person;
  const reach = sites === 'all' ? { reach: 'all', sites: [] } : { reach: 'some', sites };
  return (
    <RecordForm
      fields={changeFields(session)}
      record={{ ...person, ...reach }}
      timezone="UTC"
      button="Save"
      onSubmit={async ({ reach: _, ...given }, draft) => {
        const body = { ...given, sites: reachOf(draft) ?? 'all' };
        await request(`/api/v1/users/${person.id}`, { method: 'PATCH', body });
        onDone();
      }}
    />
  );
}

function ResetPerson({ path, ending }: { path: string; ending: Ending }) {
  return (
    <ConfirmForm
      text="Their password is taken away and their sessions end. A link to set another one is shown."
      button="Reset the password"
      run={async () => {
        const invitation = await request<Invitation>(`${path}/reset`, { method: 'POST' });
        ending.show(<InvitationBox invitation={invitation} onDone={ending.done} />);
      }}
    />
  );
}
