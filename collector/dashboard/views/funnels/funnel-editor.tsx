import { useState } from 'preact/hooks';
import { filterDimensions, nameDimension } from '../../format/names.js';
import { go } from '../../state/address.js';
import type { Scope } from '../../state/scope.js';
import { SelectField } from '../../ui/field.js';
import { CloseIcon, DownIcon } from '../../ui/icons.js';
import { type MatchDraft, toDraft, toMatch } from '../event-match.js';
import { MatchFields } from '../match-fields.js';
import { type FunnelQuestion, funnelChange, windows } from './funnel-question.js';

const maxSteps = 10;
const emptyStep: MatchDraft = { kind: 'page', text: '' };

type Step = MatchDraft & { id: number };

/** The steps of a funnel and how they count. What is typed is asked when it is complete. */
export function FunnelEditor({ scope, question }: { scope: Scope; question: FunnelQuestion }) {
  const [steps, setSteps] = useState(() => firstSteps(question));
  const [settings, setSettings] = useState(question);
  const change = (next: Partial<FunnelQuestion>) => setSettings({ ...settings, ...next });
  const isComplete = steps.every(({ text }) => text.trim() !== '');
  return (
    <form
      class="form funnel-editor"
      aria-label="Steps of the funnel"
      onSubmit={(event) => {
        event.preventDefault();
        go(funnelChange({ ...settings, steps: steps.map(toMatch) }));
      }}
    >
      <StepList scope={scope} steps={steps} onChange={setSteps} />
      <div class="field-row">
        <FunnelSettings settings={settings} onChange={change} />
      </div>
      <div class="view-tools">
        <button type="submit" class="button primary" disabled={!isComplete}>
          Show the funnel
        </button>
        {!isComplete && <p class="hint">Give each step a page, event or goal.</p>}
      </div>
    </form>
  );
}

function firstSteps({ steps }: FunnelQuestion): Step[] {
  const drafts = steps.length > 0 ? steps.map(toDraft) : [emptyStep, emptyStep];
  return drafts.map((draft, id) => ({ ...draft, id }));
}

type ListProps = { scope: Scope; steps: readonly Step[]; onChange(steps: Step[]): void };

function StepList({ scope, steps, onChange }: ListProps) {
  const add = () => onChange([...steps, { ...emptyStep, id: Math.max(...steps.map(({ id }) => id)) + 1 }]);
  const moveUp = (at: number) => {
    const [before, own] = [steps[at - 1], steps[at]];
    if (before && own) onChange(steps.with(at - 1, own).with(at, before));
  };
  return (
    <>
      <ol class="step-list">
        {steps.map((step, at) => (
          <li key={step.id} class="step-line">
            <span class="step-number" aria-hidden="true">
              {at + 1}
            </span>
            <MatchFields
              scope={scope}
              title={`Step ${at + 1}`}
              draft={step}
              onChange={(draft) => onChange(steps.with(at, { ...draft, id: step.id }))}
            />
            <button
              type="button"
              class="icon-button step-up"
              aria-label={`Move step ${at + 1} up`}
              disabled={at === 0}
              onClick={() => moveUp(at)}
            >
              <DownIcon />
            </button>
            <button
              type="button"
              class="icon-button"
              aria-label={`Remove step ${at + 1}`}
              disabled={steps.length <= 2}
              onClick={() => onChange(steps.toSpliced(at, 1))}
            >
              <CloseIcon />
            </button>
          </li>
        ))}
      </ol>
      <button type="button" class="button small" disabled={steps.length >= maxSteps} onClick={add}>
        Add a step
      </button>
    </>
  );
}

const breakdowns = filterDimensions.filter((name) => name.startsWith('visit:'));

type SettingsProps = { settings: FunnelQuestion; onChange(next: Partial<FunnelQuestion>): void };

function FunnelSettings({ settings: { window, order, unit, breakdown }, onChange }: SettingsProps) {
  const known = windows.some(({ value }) => Number(value) === window);
  const other = known ? [] : [{ value: String(window), title: `${window} seconds` }];
  return (
    <>
      <SelectField
        label="All steps within"
        value={String(window)}
        options={[...windows, ...other]}
        onChange={(event) => onChange({ window: Number(event.currentTarget.value) })}
      />
      <SelectField
        label="Between the steps"
        value={order}
        options={[
          { value: 'loose', title: 'Anything may happen' },
          { value: 'strict', title: 'Nothing else' },
        ]}
        onChange={(event) => onChange({ order: event.currentTarget.value as FunnelQuestion['order'] })}
      />
      <SelectField
        label="Count"
        value={unit}
        options={[
          { value: 'visitor', title: 'Visitors' },
          { value: 'session', title: 'Visits' },
        ]}
        onChange={(event) => onChange({ unit: event.currentTarget.value as FunnelQuestion['unit'] })}
      />
      <SelectField
        label="Break down by"
        value={breakdown ?? ''}
        options={[
          { value: '', title: 'Nothing' },
          ...breakdowns.map((name) => ({ value: name, title: nameDimension(name) })),
        ]}
        onChange={(event) => onChange({ breakdown: event.currentTarget.value || undefined })}
      />
    </>
  );
}
