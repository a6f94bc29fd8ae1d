/** From who makes items to who takes them, one at a time: the maker waits until the next one is asked for. */
export type Channel<Item> = {
  /** Resolves when the item was taken and another is asked for: to false when nobody takes any more. */
  offer(item: Item): Promise<boolean>;
  /** Resolves to undefined at the end. */
  take(): Promise<Item | undefined>;
  finish(): void;
  fail(error: unknown): void;
  leave(): void;
};

/** A channel for one maker and one taker, who asks first. */
export function createChannel<Item>(): Channel<Item> {
  let resume: (goesOn: boolean) => void = () => {};
  let settle: { resolve(item: Item | undefined): void; reject(error: unknown): void } | undefined;
  let end: { error?: unknown } | undefined;
  let hasLeft = false;

  function deliver(item: Item | undefined): void {
    const taker = settle;
    settle = undefined;
    taker?.resolve(item);
  }

  return {
    offer: (item) =>
      new Promise((resolve) => {
        resume = resolve;
        if (hasLeft) resolve(false);
        else deliver(item);
      }),
    take: () =>
      new Promise((resolve, reject) => {
        settle = { resolve, reject };
        if (end && 'error' in end) reject(end.error);
        else if (end) resolve(undefined);
        else resume(true);
      }),
    finish() {
      end = {};
      deliver(undefined);
    },
    fail(error) {
      end = { error };
      settle?.reject(error);
      settle = undefined;
    },
    leave() {
      hasLeft = true;
      resume(false);
    },
  };
}
