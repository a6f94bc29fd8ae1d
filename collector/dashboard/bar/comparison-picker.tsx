import { useState } from 'preact/hooks';
import { formatRange } from '../format/dates.js';
import { useShortcuts } from '../keys/keyboard.js';
import { addressWith, follow, go } from '../state/address.js';
import { addDays } from '../state/calendar.js';
import {
  type Comparison,
  type ComparisonMode,
  comparisonChange,
  comparisonModes,
} from '../state/comparison.js';
import type { Scope } from '../state/scope.js';
import { Dialog } from '../ui/dialog.js';
import { CheckField } from '../ui/field.js';
import { CheckIcon } from '../ui/icons.js';
import { Menu } from '../ui/menu.js';
import { RangeForm } from './period-picker.js';

/** What the period is compared with. */
export function ComparisonPicker({ comparison, period, today }: Scope) {
  const [isCustom, setCustom] = useState(false);
  const start = comparison.mode === 'custom' ? comparison.range : yearBefore(period.range, today);
  useShortcuts([
    { key: 'x', title: 'Compare, or stop comparing', group: 'Period', run: () => toggle(comparison) },
  ]);
  return (
    <>
      <Menu title="Comparison" face={faceOf(comparison)} kind="comparison at-end">
        {(close) => (
          <ComparisonList
            comparison={comparison}
            onCustom={() => {
              close();
              setCustom(true);
            }}
            close={close}
          />
        )}
      </Menu>
      <Dialog title="Compare with" isOpen={isCustom} onClose={() => setCustom(false)}>
        <RangeForm
          range={start}
          onChoose={(range) => {
            go(comparisonChange({ mode: 'custom', range }));
            setCustom(false);
          }}
        />
      </Dialog>
    </>
  );
}

function toggle(comparison: Comparison): void {
  const next: Comparison =
    comparison.mode === 'off' ? { mode: 'previous_period', matchesWeekday: false } : { mode: 'off' };
  go(comparisonChange(next));
}

function yearBefore(range: Scope['period']['range'], today: string) {
  const { from, to } = range === 'all' ? { from: addDays(today, -29), to: today } : range;
  return { from: addDays(from, -365), to: addDays(to, -365) };
}

function faceOf(comparison: Comparison): string {
  if (comparison.mode === 'custom') return formatRange(comparison.range);
  return comparisonModes.find(({ mode }) => mode === comparison.mode)?.title ?? '';
}

type ListProps = { comparison: Comparison; onCustom(): void; close(): void };

function ComparisonList({ comparison, onCustom, close }: ListProps) {
  const matchesWeekday = 'matchesWeekday' in comparison && comparison.matchesWeekday;
  return (
    <>
      <ul class="menu-list">
        {comparisonModes.map(({ mode, title }) => (
          <li key={mode}>
            {mode === 'custom' ? (
              <button type="button" class="menu-item" onClick={onCustom}>
                <span>{title}…</span>
                {comparison.mode === mode && <CheckIcon />}
              </button>
            ) : (
              <ModeLink mode={mode} title={title} isChosen={comparison.mode === mode} close={close} />
            )}
          </li>
        ))}
      </ul>
      {'matchesWeekday' in comparison && (
        <div class="menu-foot">
          <CheckField
            label="Match the day of the week"
            checked={matchesWeekday}
            onChange={(event) =>
              go(comparisonChange({ ...comparison, matchesWeekday: event.currentTarget.checked }))
            }
          />
        </div>
      )}
    </>
  );
}

type LinkProps = { mode: Exclude<ComparisonMode, 'custom'>; title: string; isChosen: boolean; close(): void };

function ModeLink({ mode, title, isChosen, close }: LinkProps) {
  const change = comparisonChange(mode === 'off' ? { mode } : { mode, matchesWeekday: false });
  return (
    <a
      class="menu-item"
      href={addressWith(change)}
      aria-current={isChosen ? 'true' : undefined}
      onClick={(event) => {
        follow(event, change);
        close();
      }}
    >
      <span>{title}</span>
      {isChosen && <CheckIcon />}
    </a>
  );
}
