/** A storage of the browser that holds nothing where the browser forbids it, as some do in frames of other sites. */
export type Keeper = {
  read(name: string): string | undefined;
  keep(name: string, value: string): void;
  forget(name: string): void;
};

function createKeeper(open: () => Storage): Keeper {
  const held = new Map<string, string>();
  const attempt = <Result>(work: (storage: Storage) => Result): Result | undefined => {
    try {
      return work(open());
    } catch {
      return undefined;
    }
  };
  return {
    read: (name) => held.get(name) ?? attempt((storage) => storage.getItem(name)) ?? undefined,
    keep(name, value) {
      held.set(name, value);
      attempt((storage) => storage.setItem(name, value));
    },
    forget(name) {
      held.delete(name);
      attempt((storage) => storage.removeItem(name));
    },
  };
}

/** Until the tab is closed. */
export const tabStorage = createKeeper(() => sessionStorage);
/** For good. */
export const deviceStorage = createKeeper(() => localStorage);
