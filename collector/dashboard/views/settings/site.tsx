import { request } from '../../api/client.js';
import { reloadAll } from '../../api/reloads.js';
import { useReport } from '../../api/use-report.js';
import { formatMoment } from '../../format/dates.js';
import { openSession, useSession } from '../../session/session.js';
import { go } from '../../state/address.js';
import { Card } from '../../ui/card.js';
import { Snippet } from '../../ui/snippet.js';
import { Answered } from '../../ui/states.js';
import type { ViewProps } from '../view.js';
import { ActionButton, type Ending } from './parts/action-button.js';
import type { Field, Values } from './parts/fields.js';
import { RecordForm } from './parts/record-form.js';

/** What is asked of a site here (`GET /api/v1/sites/{site}`). */
export type SiteSettings = {
  site: string;
  name: string;
  siteKeys: { siteKey: string; createdAt: string; expiresAt: string | null }[];
  allowedOrigins: string[];
  excludedAddresses: string[];
};

const weekDays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];

const basics: readonly Field[] = [
  { name: 'name', label: 'Name', kind: 'text', isRequired: true },
  {
    name: 'timezone',
    label: 'Timezone',
    kind: 'text',
    placeholder: 'Europe/Berlin',
    hint: 'A day of the reports is a day there.',
  },
  { name: 'currency', label: 'Currency', kind: 'text', placeholder: 'EUR' },
  {
    name: 'weekStart',
    label: 'The week starts on',
    kind: 'choice',
    options: weekDays.map((title, at) => ({ value: String(at + 1), title })),
  },
];

const limits: readonly Field[] = [
  {
    name: 'allowedOrigins',
    label: 'Allowed origins',
    kind: 'list',
    placeholder: 'https://shop.example',
    hint: 'One a line; * is any. Browsers may send from these alone, so with none they are refused.',
  },
  {
    name: 'excludedAddresses',
    label: 'Excluded addresses',
    kind: 'list',
    placeholder: '192.0.2.0/24',
    hint: 'One address or network a line: not counted.',
  },
  {
    name: 'excludedHosts',
    label: 'Excluded hosts',
    kind: 'list',
    placeholder: '*.intern.example',
    hint: 'One a line; * stands for any text.',
  },
  {
    name: 'excludedPaths',
    label: 'Excluded paths',
    kind: 'list',
    placeholder: '/admin/*',
    hint: 'One a line; * stands for any text.',
  },
];

/** The settings of the site, its public keys, and another site. */
export default function SiteSection({ scope: { site } }: ViewProps) {
  const asked = useReport<SiteSettings>(`sites/${site.site}`, {});
  const { allSites: mayAdd } = useSession();
  return (
    <div class="view-stack">
      <Card
        title="Site"
        actions={
          mayAdd && <ActionButton title="New site">{(ending) => <NewSite ending={ending} />}</ActionButton>
        }
      >
        <Answered asked={asked}>{(settings) => <SettingsForm settings={settings} />}</Answered>
      </Card>
      <Card title="Public key">
        <Answered asked={asked}>
          {(settings) => <SiteKeys settings={settings} timezone={site.timezone} />}
        </Answered>
      </Card>
    </div>
  );
}

function SettingsForm({ settings }: { settings: SiteSettings }) {
  return (
    <RecordForm
      fields={[...basics, ...limits]}
      record={settings}
      timezone="UTC"
      button="Save"
      done="Saved."
      onSubmit={async (body) => {
        await request(`/api/v1/sites/${settings.site}`, { method: 'PATCH', body: withWeek(body) });
        await openSession();
        reloadAll();
      }}
    />
  );
}

function withWeek({ weekStart, ...body }: Values): Values {
  return { ...body, weekStart: Number(weekStart) };
}

const newSite: readonly Field[] = [
  {
    name: 'site',
    label: 'Short name',
    kind: 'text',
    isRequired: true,
    placeholder: 'shop',
    hint: 'In addresses and commands. It stays as it is.',
  },
  ...basics.map((field) => ({ ...field, isRequired: false })),
  ...limits.slice(0, 1).map((field) => ({ ...field, isRequired: true })),
];

/** The form of another site; it is shown when it is there. */
export function NewSite({ ending }: { ending: Ending }) {
  return (
    <RecordForm
      fields={newSite}
      record={{ timezone: Intl.DateTimeFormat().resolvedOptions().timeZone, weekStart: 1 }}
      timezone="UTC"
      button="Create the site"
      onSubmit={async (body) => {
        const { site } = await request<SiteSettings>('/api/v1/sites', {
          method: 'POST',
          body: withWeek(body),
        });
        await openSession();
        ending.done();
        go({ site, view: 'settings', section: 'snippet', f: null });
      }}
    />
  );
}

function SiteKeys({ settings, timezone }: { settings: SiteSettings; timezone: string }) {
  return (
    <div class="form">
      <p class="hint">
        It stands in the pages of the site, for everybody to see. It sends, and reads nothing.
      </p>
      {settings.siteKeys.map(({ siteKey, expiresAt }) => (
        <div key={siteKey}>
          <Snippet text={siteKey} />
          {expiresAt !== null && <p class="row-note">In force until {formatMoment(expiresAt, timezone)}</p>}
        </div>
      ))}
      <div class="form-buttons">
        <ActionButton title="Rotate" of="public key">
          {({ done }) => <RotateForm path={`/api/v1/sites/${settings.site}/rotate-key`} onDone={done} />}
        </ActionButton>
      </div>
    </div>
  );
}

const overlap: readonly Field[] = [
  {
    name: 'overlapHours',
    label: 'Hours that the old one stays in force',
    kind: 'number',
    min: 0,
    isRequired: true,
    hint: '0 ends it at once.',
  },
];

type RotateProps = { path: string; onDone(answer: { key?: string }): void };

/** Makes another key in the place of one. */
export function RotateForm({ path, onDone }: RotateProps) {
  return (
    <RecordForm
      fields={overlap}
      record={{ overlapHours: 24 }}
      timezone="UTC"
      button="Make a new key"
      onSubmit={async (body) => onDone(await request<{ key?: string }>(path, { method: 'POST', body }))}
    />
  );
}
