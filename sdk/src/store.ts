import { attempt } from './attempt.js';
import { isHidden } from './is-hidden.js';

/** Text by name. What localStorage refuses (private mode, quota, sandbox) is kept in memory instead. */
export type Store = {
  /** Empty where there is nothing. */
  get(name: string): string;
  /** Known at once; on disk in the next task, or at once where the page is hidden, whose timers may never run. */
  set(name: string, value: string): void;
  /** Keeps the value in memory only. */
  hold(name: string, value: string): void;
  remove(name: string): void;
  /** The names that start like this, sorted. */
  names(start: string): string[];
  /** Writes what is not on disk yet, for a page that may not live longer. */
  save(): void;
};

type Shelf = Record<string, string>;

/**
 * Opens localStorage for keys with a prefix, or only memory where the page asked for it or the browser denies storage.
 * Not before something is read, since the first touch waits for another process.
 */
export function openStore(prefix: string, persist: boolean): Store {
  const memory: Shelf = {};
  const unsaved = new Set<string>();
  let opened: Shelf | undefined;

  function disk(): Shelf {
    opened ??= (persist && openDisk()) || {};
    return opened;
  }

  function hold(name: string, value: string): void {
    memory[prefix + name] = value;
  }

  function save(): void {
    for (const key of unsaved) {
      try {
        disk()[key] = memory[key] ?? '';
        delete memory[key];
      } catch {
        // What does not fit stays in memory.
      }
    }
    unsaved.clear();
  }

  return {
    get: (name) => memory[prefix + name] ?? disk()[prefix + name] ?? '',
    set(name, value) {
      hold(name, value);
      if (!persist) return;
      if (!unsaved.size) setTimeout(save);
      unsaved.add(prefix + name);
      if (isHidden()) save();
    },
    hold,
    remove(name) {
      const key = prefix + name;
      unsaved.delete(key);
      delete memory[key];
      delete disk()[key];
    },
    names: (start) =>
      [disk(), memory]
        .flatMap(Object.keys)
        .filter((key) => key.startsWith(prefix + start))
        .map((key) => key.slice(prefix.length))
        .sort(),
    save,
  };
}

/** Reading the property already throws where cookies are blocked (HTML, section 12.2.3); some web views have null. */
export function openDisk(): Shelf | undefined {
  return attempt(() => localStorage);
}
