/** Text by name. What localStorage refuses (private mode, quota, sandbox) is kept in memory instead. */
export type Store = {
  /** False where nothing outlives this page and no other tab sees it. */
  isShared: boolean;
  /** Empty where there is nothing. */
  get(name: string): string;
  set(name: string, value: string): void;
  /** Keeps the value in memory only. */
  hold(name: string, value: string): void;
  remove(name: string): void;
  /** The names that start like this, sorted. */
  names(start: string): string[];
};

type Shelf = Record<string, string>;

/** Opens localStorage for keys with a prefix, or only memory where the page asked for it or the browser denies storage. */
export function openStore(prefix: string, persist: boolean): Store {
  const memory: Shelf = {};
  const opened = persist && openDisk();
  const disk = opened || {};

  function hold(name: string, value: string): void {
    memory[name] = value;
  }

  return {
    isShared: !!opened,
    get: (name) => memory[name] ?? disk[prefix + name] ?? '',
    set(name, value) {
      try {
        disk[prefix + name] = value;
        delete memory[name];
      } catch {
        hold(name, value);
      }
    },
    hold,
    remove(name) {
      delete memory[name];
      delete disk[prefix + name];
    },
    names: (start) =>
      Object.keys(disk)
        .filter((key) => key.startsWith(prefix))
        .map((key) => key.slice(prefix.length))
        .concat(Object.keys(memory))
        .filter((name) => name.startsWith(start))
        .sort(),
  };
}

/** Reading the property already throws where cookies are blocked (HTML, section 12.2.3); some web views have null. */
function openDisk(): Shelf | undefined {
  try {
    return localStorage;
  } catch {
    return undefined;
  }
}
