import { deviceStorage } from '../state/storage.js';
import { createStore, useStore } from '../state/store.js';

/** system: as the device has it. */
export const themes = ['system', 'light', 'dark'] as const;
export type Theme = (typeof themes)[number];

const storageName = 'footfall.theme';
const theme = createStore<Theme>(readTheme());
const isDarkSystem = matchMedia('(prefers-color-scheme: dark)');
const isDark = createStore(findDark());

isDarkSystem.addEventListener('change', () => isDark.set(findDark()));

function readTheme(): Theme {
  const stored = deviceStorage.read(storageName);
  return themes.find((name) => name === stored) ?? 'system';
}

function findDark(): boolean {
  return theme.get() === 'system' ? isDarkSystem.matches : theme.get() === 'dark';
}

export function useTheme(): Theme {
  return useStore(theme);
}

/** Whether the page is dark now, by the device or by choice: for what is drawn on a canvas. */
export function useDark(): boolean {
  return useStore(isDark);
}

export function chooseTheme(next: Theme): void {
  deviceStorage.keep(storageName, next);
  document.documentElement.dataset.theme = next;
  theme.set(next);
  isDark.set(findDark());
}
