/** Lets so many works run at once, and the others wait in the order in which they came. */
export type Turnstile = {
  take<Result>(work: () => Promise<Result>): Promise<Result>;
  /** How many wait. */
  waiting(): number;
};

/** @param places how many works may run at once, asked for whenever one comes or goes */
export function createTurnstile(places: () => number): Turnstile {
  let taken = 0;
  const waiting: (() => void)[] = [];

  async function enter(): Promise<void> {
    if (waiting.length === 0 && taken < places()) taken += 1;
    else await new Promise<void>((resolve) => waiting.push(resolve));
  }

  function leave(): void {
    taken -= 1;
    while (taken < places()) {
      const next = waiting.shift();
      if (next === undefined) return;
      taken += 1;
      next();
    }
  }

  return {
    async take(work) {
      await enter();
      try {
        return await work();
      } finally {
        leave();
      }
    },
    waiting: () => waiting.length,
  };
}
