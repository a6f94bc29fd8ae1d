import { request } from '../../api/client.js';
import type { Site } from '../../state/scope.js';
import { type Draft, entriesOf, type Field, textOf, type Values } from './parts/fields.js';
import { RecordForm } from './parts/record-form.js';

const metricKinds = [
  { value: '', title: 'None yet' },
  { value: 'proportion', title: 'Share of visitors who do it' },
  { value: 'mean', title: 'How often a visitor does it' },
  { value: 'revenue', title: 'Revenue of a visitor' },
];

const hasMetric = (draft: Draft) => textOf(draft, 'metric') !== '';
const isCustom = (draft: Draft) => textOf(draft, 'event') === 'custom';

const metricFields: readonly Field[] = [
  {
    name: 'metric',
    label: 'Primary metric',
    kind: 'choice',
    options: metricKinds,
    paths: ['metrics.0.kind', 'metrics'],
  },
  {
    name: 'event',
    label: 'What is done',
    kind: 'choice',
    options: [
      { value: 'custom', title: 'An event' },
      { value: 'pageview', title: 'A page is viewed' },
    ],
    isShown: hasMetric,
  },
  {
    name: 'of',
    label: 'Name of the event',
    kind: 'text',
    isRequired: true,
    placeholder: 'Signup',
    paths: ['metrics.0.event.name'],
    isShown: (draft) => hasMetric(draft) && isCustom(draft),
  },
  {
    name: 'of',
    label: 'Path of the page',
    kind: 'text',
    isRequired: true,
    placeholder: '/thanks*',
    paths: ['metrics.0.event.path'],
    isShown: (draft) => hasMetric(draft) && !isCustom(draft),
  },
  {
    name: 'goal',
    label: 'Better is',
    kind: 'choice',
    options: [
      { value: 'increase', title: 'More' },
      { value: 'decrease', title: 'Less' },
    ],
    isShown: hasMetric,
  },
];

const fields: readonly Field[] = [
  {
    name: 'key',
    label: 'Key',
    kind: 'text',
    isRequired: true,
    placeholder: 'headline',
    hint: 'By which code asks. It stays as it is.',
  },
  { name: 'name', label: 'Name', kind: 'text' },
  {
    name: 'hypothesis',
    label: 'Hypothesis',
    kind: 'area',
    placeholder: 'A shorter headline brings more sign-ups',
  },
  {
    name: 'variations',
    label: 'Variations',
    kind: 'list',
    isRequired: true,
    hint: 'One a line, the first is the control. With weights in % behind the keys, or without: all equal.',
  },
  {
    name: 'coverage',
    label: 'Coverage in %',
    kind: 'number',
    min: 0,
    max: 100,
    step: 'any',
    hint: 'The share of visitors that takes part.',
  },
  ...metricFields,
];

/** Defines an experiment as a draft. */
export function NewExperiment({ site, onDone }: { site: Site; onDone(): void }) {
  return (
    <RecordForm
      fields={fields}
      record={{ variations: ['control 50', 'variant 50'], coverage: 100 }}
      timezone={site.timezone}
      button="Make the draft"
      onSubmit={async ({ key, name, hypothesis, coverage }, draft) => {
        const body = {
          site: site.site,
          key,
          name,
          hypothesis,
          variations: entriesOf(draft, 'variations').map(toVariation),
          ...(typeof coverage === 'number' && { coverage: coverage / 100 }),
          ...(hasMetric(draft) && { metrics: [toMetric(draft)] }),
        };
        await request('/api/v1/experiments', { method: 'POST', body });
        onDone();
      }}
    />
  );
}

/** `variant 50`: a key and its weight in %. */
function toVariation(line: string): Values {
  const [, key = line, percent] = /^(\S+)[\s,:]+([\d.]+)\s*%?$/.exec(line) ?? [];
  return { key, ...(percent !== undefined && { weight: Number(percent) / 100 }) };
}

function toMetric(draft: Draft): Values {
  const [type, of] = [textOf(draft, 'event'), textOf(draft, 'of')];
  const event = { type, ...(isCustom(draft) ? { name: of } : { path: of }) };
  return {
    key: 'primary',
    name: of,
    role: 'primary',
    kind: textOf(draft, 'metric'),
    goal: textOf(draft, 'goal'),
    event,
  };
}
