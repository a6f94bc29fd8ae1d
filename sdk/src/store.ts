/** Text by key. What localStorage refuses (private mode, quota, sandbox) is kept in memory instead. */
export type Store = {
  get(key: string): string | null;
  set(key: string, value: string): void;
  /** Keeps the value in memory only. */
  hold(key: string, value: string): void;
  remove(key: string): void;
  /** The keys that start with the prefix, sorted. */
  keys(prefix: string): string[];
};

/** Opens localStorage, or only memory where the page asked for it or the browser denies storage. */
export function openStore({ persist }: { persist: boolean }): Store {
  const memory = new Map<string, string>();
  const disk = persist ? localStorageOrNull() : null;

  function set(key: string, value: string): void {
    try {
      if (!disk) throw null;
      disk.setItem(key, value);
      memory.delete(key);
    } catch {
      memory.set(key, value);
    }
  }

  function keys(prefix: string): string[] {
    const all = new Set([...memory.keys(), ...(disk ? Object.keys(disk) : [])]);
    return [...all].filter((key) => key.startsWith(prefix)).sort();
  }

  function remove(key: string): void {
    memory.delete(key);
    disk?.removeItem(key);
  }

  return {
    get: (key) => memory.get(key) ?? disk?.getItem(key) ?? null,
    set,
    hold: (key, value) => void memory.set(key, value),
    remove,
    keys,
  };
}

/** What was stored as JSON, or null where another script has damaged it. */
export function readJson<Value>(store: Store, key: string): Value | null {
  try {
    return JSON.parse(store.get(key) ?? 'null') as Value;
  } catch {
    return null;
  }
}

/** Reading the property already throws where cookies are blocked (HTML, section 12.2.3). */
function localStorageOrNull(): Storage | null {
  try {
    return window.localStorage;
  } catch {
    return null;
  }
}
