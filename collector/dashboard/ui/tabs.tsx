import { useRef } from 'preact/hooks';

export type Tab = { id: string; title: string };

type Props = {
  /** What is chosen between, for screen readers. */
  title: string;
  tabs: readonly Tab[];
  chosen: string;
  onChoose(id: string): void;
  /** The id of the element that the tabs change. */
  panelId: string;
};

const steps: Record<string, number> = { ArrowLeft: -1, ArrowRight: 1 };

/** Tabs by the ARIA pattern: one stop of the Tab key, arrows choose. */
export function Tabs({ title, tabs, chosen, onChoose, panelId }: Props) {
  const list = useRef<HTMLDivElement>(null);
  const move = (event: KeyboardEvent) => {
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    const towards = getComputedStyle(event.currentTarget as Element).direction === 'rtl' ? -step : step;
    const at = tabs.findIndex(({ id }) => id === chosen) + towards;
    const next = tabs.at(at % tabs.length);
    if (!next) return;
    onChoose(next.id);
    list.current?.querySelector<HTMLElement>(`[data-tab="${next.id}"]`)?.focus();
  };
  return (
    <div class="tabs" role="tablist" aria-label={title} ref={list} onKeyDown={move}>
      {tabs.map(({ id, title: name }) => (
        <button
          key={id}
          type="button"
          role="tab"
          class="tab"
          data-tab={id}
          aria-selected={id === chosen}
          aria-controls={panelId}
          tabIndex={id === chosen ? 0 : -1}
          onClick={() => onChoose(id)}
        >
          {name}
        </button>
      ))}
    </div>
  );
}
