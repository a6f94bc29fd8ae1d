import { useState } from 'preact/hooks';
import { formatRange } from '../format/dates.js';
import { useShortcuts } from '../keys/keyboard.js';
import { addressWith, follow, go } from '../state/address.js';
import { addDays, type DayRange } from '../state/calendar.js';
import { type Period, periodChange, periods, shiftPeriod } from '../state/period.js';
import type { Scope } from '../state/scope.js';
import { Dialog } from '../ui/dialog.js';
import { TextField } from '../ui/field.js';
import { CheckIcon } from '../ui/icons.js';
import { Menu } from '../ui/menu.js';

/** Which time the page is of: a name, or two days. */
export function PeriodPicker({ period, today }: Scope) {
  const [isCustom, setCustom] = useState(false);
  usePeriodKeys(period, today, () => setCustom(true));
  return (
    <>
      <Menu title="Period" face={faceOf(period)} kind="period at-end">
        {(close) => (
          <PeriodList
            chosen={period.name}
            onCustom={() => {
              close();
              setCustom(true);
            }}
            close={close}
          />
        )}
      </Menu>
      <Dialog title="Custom period" isOpen={isCustom} onClose={() => setCustom(false)}>
        <RangeForm
          range={period.range === 'all' ? { from: addDays(today, -29), to: today } : period.range}
          onChoose={(range) => {
            go(periodChange(range));
            setCustom(false);
          }}
        />
      </Dialog>
    </>
  );
}

function usePeriodKeys(period: Period, today: string, onCustom: () => void): void {
  const shift = (direction: 1 | -1) => {
    const range = shiftPeriod(period, direction);
    if (range && range.from <= today) go(periodChange(range));
  };
  useShortcuts([
    ...periods.map(({ name, title, key }) => ({
      key,
      title,
      group: 'Period',
      run: () => go(periodChange({ name })),
    })),
    { key: 'c', title: 'Custom period', group: 'Period', run: onCustom },
    { key: 'ArrowLeft', title: 'The period before', group: 'Period', run: () => shift(-1) },
    { key: 'ArrowRight', title: 'The period after', group: 'Period', run: () => shift(1) },
  ]);
}

function faceOf({ name, range }: Period): string {
  const choice = periods.find((one) => one.name === name);
  return choice?.title ?? (range === 'all' ? 'All time' : formatRange(range));
}

function PeriodList({ chosen, onCustom, close }: { chosen: string; onCustom(): void; close(): void }) {
  return (
    <ul class="menu-list">
      {periods.map(({ name, title, key }) => (
        <li key={name}>
          <a
            class="menu-item"
            href={addressWith(periodChange({ name }))}
            aria-current={name === chosen ? 'true' : undefined}
            onClick={(event) => {
              follow(event, periodChange({ name }));
              close();
            }}
          >
            <span>{title}</span>
            {name === chosen ? <CheckIcon /> : <kbd>{key.toUpperCase()}</kbd>}
          </a>
        </li>
      ))}
      <li>
        <button type="button" class="menu-item" onClick={onCustom}>
          <span>Custom period…</span>
          {chosen === 'custom' ? <CheckIcon /> : <kbd>C</kbd>}
        </button>
      </li>
    </ul>
  );
}

/** Two days of the site's calendar. */
export function RangeForm({ range, onChoose }: { range: DayRange; onChoose(range: DayRange): void }) {
  const [{ from, to }, setRange] = useState(range);
  const isBackwards = from !== '' && to !== '' && from > to;
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        if (!isBackwards) onChoose({ from, to });
      }}
    >
      <div class="field-row">
        <TextField
          label="First day"
          type="date"
          required
          value={from}
          onInput={(event) => setRange({ from: event.currentTarget.value, to })}
        />
        <TextField
          label="Last day"
          type="date"
          required
          value={to}
          error={isBackwards ? 'Expected a day that is not before the first.' : undefined}
          onInput={(event) => setRange({ from, to: event.currentTarget.value })}
        />
      </div>
      <button type="submit" class="button primary">
        Show
      </button>
    </form>
  );
}
