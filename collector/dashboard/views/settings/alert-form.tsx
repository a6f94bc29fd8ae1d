import { request } from '../../api/client.js';
import type { Site } from '../../state/scope.js';
import type { Ending } from './parts/action-button.js';
import { type Draft, type Field, textOf, type Values } from './parts/fields.js';
import { RecordForm } from './parts/record-form.js';
import { SecretBox } from './parts/secret-box.js';

/** An alert as the API shows it. */
export type Alert = {
  id: string;
  name: string;
  rule: { kind: string };
  enabled: boolean;
  cooldownMinutes: number;
  webhook: { url: string; secret?: string } | null;
  emails: string[];
  checkedAt: string | null;
  firing: string[];
};

/** What is watched, by the kind of the rule. */
export const kindTitles: Record<string, string> = {
  traffic_drop: 'Fewer visits than usual',
  traffic_spike: 'More visits than usual',
  error_surge: 'More errors than usual',
  ingest_silence: 'No event arrives',
  sample_ratio: 'An experiment is split wrongly',
};

const isOf =
  (...kinds: string[]) =>
  (draft: Draft) =>
    kinds.includes(textOf(draft, 'rule.kind'));
const isTraffic = isOf('traffic_spike', 'traffic_drop');
const isCounted = isOf('traffic_spike', 'traffic_drop', 'error_surge');

const thresholds: readonly Field[] = [
  {
    name: 'rule.metric',
    label: 'What is counted',
    kind: 'choice',
    options: ['pageviews', 'sessions', 'events'].map((value) => ({ value, title: value })),
    isShown: isTraffic,
  },
  {
    name: 'rule.windowMinutes',
    label: 'Over how many minutes',
    kind: 'number',
    step: 15,
    min: 15,
    placeholder: '60',
    isShown: isCounted,
  },
  {
    name: 'rule.factor',
    label: 'By which factor',
    kind: 'number',
    step: 'any',
    placeholder: 'the default of the rule',
    isShown: isCounted,
  },
  {
    name: 'rule.minimum',
    label: 'From how many on',
    kind: 'number',
    placeholder: 'the default of the rule',
    hint: 'Fewer are too few to judge.',
    isShown: isOf('traffic_spike', 'traffic_drop', 'error_surge', 'sample_ratio'),
  },
  {
    name: 'rule.minutes',
    label: 'For how many minutes',
    kind: 'number',
    min: 5,
    placeholder: '60',
    isShown: isOf('ingest_silence'),
  },
  {
    name: 'rule.experiment',
    label: 'Experiment (empty: all that run)',
    kind: 'text',
    isShown: isOf('sample_ratio'),
  },
];

const fields: readonly Field[] = [
  { name: 'name', label: 'Name', kind: 'text', isRequired: true, placeholder: 'No orders' },
  {
    name: 'rule.kind',
    label: 'When',
    kind: 'choice',
    options: Object.entries(kindTitles).map(([value, title]) => ({ value, title })),
  },
  ...thresholds,
  {
    name: 'cooldownMinutes',
    label: 'Quiet after an incident, in minutes',
    kind: 'number',
    min: 0,
    placeholder: '60',
  },
  {
    name: 'webhook.url',
    label: 'Webhook',
    kind: 'text',
    placeholder: 'https://hooks.example/…',
    hint: 'Gets a signed POST.',
    paths: ['webhook'],
  },
  { name: 'emails', label: 'Emails', kind: 'list', hint: 'One a line.' },
  { name: 'enabled', label: 'Watch', kind: 'check' },
];

const secretText = 'It signs what the webhook gets: check Footfall-Signature by it.';

// What the form does not show of a rule is kept.
function ruleOf(alert: Alert | undefined, given: Values): Values {
  const rule = given.rule as Values;
  return alert && alert.rule.kind === rule.kind ? { ...alert.rule, ...rule } : rule;
}

type Props = { site: Site; alert?: Alert; ending: Ending };

/** Makes an alert, or puts another in its place. */
export function AlertForm({ site, alert, ending }: Props) {
  const path = alert ? `/api/v1/alerts/${alert.id}` : '/api/v1/alerts';
  return (
    <RecordForm
      fields={fields}
      record={alert ?? { enabled: true }}
      timezone={site.timezone}
      button={alert ? 'Save' : 'Add the alert'}
      onSubmit={async (given) => {
        const body = { ...given, rule: ruleOf(alert, given), site: site.site };
        const { webhook } = await request<Alert>(path, { method: alert ? 'PUT' : 'POST', body });
        if (webhook?.secret === undefined) return ending.done();
        ending.show(<SecretBox text={secretText} secret={webhook.secret} onDone={ending.done} />);
      }}
    />
  );
}
