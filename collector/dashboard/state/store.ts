import { useEffect, useState } from 'preact/hooks';

/** A value that is shown in several places. */
export type Store<Value> = {
  get(): Value;
  set(value: Value): void;
  /** @returns how to stop listening */
  listen(listener: () => void): () => void;
};

export function createStore<Value>(first: Value): Store<Value> {
  let value = first;
  const listeners = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      for (const listener of [...listeners]) listener();
    },
    listen(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}

/** The value of a store; the component is drawn again when it changes. */
export function useStore<Value>(store: Store<Value>): Value {
  const [value, setValue] = useState(() => store.get());
  useEffect(() => {
    const update = () => setValue(() => store.get());
    update(); // it may have changed since it was drawn
    return store.listen(update);
  }, [store]);
  return value;
}
