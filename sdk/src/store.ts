/** Text by key. What localStorage refuses (private mode, quota, sandbox) is kept in memory instead. */
export type Store = {
  get(key: string): string | undefined;
  set(key: string, value: string): void;
  /** Keeps the value in memory only. */
  hold(key: string, value: string): void;
  remove(key: string): void;
  /** The keys that start with the prefix, sorted. */
  keys(prefix: string): string[];
};

type Shelf = Record<string, string>;

/** Opens localStorage, or only memory where the page asked for it or the browser denies storage. */
export function openStore(persist: boolean): Store {
  const memory: Shelf = {};
  const disk = persist ? openDisk() : {};

  function hold(key: string, value: string): void {
    memory[key] = value;
  }

  function remove(key: string): void {
    delete memory[key];
    delete disk[key];
  }

  return {
    get: (key) => memory[key] ?? disk[key],
    set(key, value) {
      try {
        disk[key] = value;
        delete memory[key];
      } catch {
        hold(key, value);
      }
    },
    hold,
    remove,
    keys: (prefix) =>
      Object.keys(disk)
        .concat(Object.keys(memory))
        .filter((key) => key.startsWith(prefix))
        .sort(),
  };
}

/** Reading the property already throws where cookies are blocked (HTML, section 12.2.3); some web views have null. */
function openDisk(): Shelf {
  try {
    return localStorage ?? {};
  } catch {
    return {};
  }
}
