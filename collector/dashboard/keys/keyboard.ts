import { useEffect, useRef } from 'preact/hooks';
import { createStore, useStore } from '../state/store.js';

/** A key that does something on the page. */
export type Shortcut = { key: string; title: string; group: string; run: () => void };

const shortcuts = createStore<readonly Shortcut[]>([]);

/** Registers keys while the component is on the page. The list behind "?" shows them. */
export function useShortcuts(list: readonly Shortcut[]): void {
  const latest = useRef(list);
  latest.current = list;
  const names = list.map(({ key, title }) => key + title).join('\n');
  useEffect(() => {
    const mine = latest.current.map((shortcut, at) => ({
      ...shortcut,
      run: () => latest.current[at]?.run(),
    }));
    shortcuts.set([...shortcuts.get(), ...mine]);
    return () => shortcuts.set(shortcuts.get().filter((shortcut) => !mine.includes(shortcut)));
  }, [names]);
}

/** All keys that do something now. */
export function useShortcutList(): readonly Shortcut[] {
  return useStore(shortcuts);
}

// Keys are those of the page only where nothing else takes them: no field, no dialog, no modifier of the browser.
function isTaken(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented)
    return true;
  const target = event.target instanceof Element ? event.target : undefined;
  if (target?.closest('input, textarea, select, [contenteditable]')) return true;
  return document.querySelector('dialog[open]') !== null;
}

addEventListener('keydown', (event) => {
  if (isTaken(event)) return;
  const found = shortcuts.get().findLast(({ key }) => key === event.key);
  if (!found) return;
  event.preventDefault();
  found.run();
});
