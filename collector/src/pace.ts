/** How often something happens, by seconds of the monotonic clock. */
export type Pace = {
  count(): void;
  /** How often in this second, or in the one before if that was more. */
  perSecond(): number;
};

export function createPace(clock: () => number = () => performance.now()): Pace {
  let second = 0;
  let [before, current] = [0, 0];

  function moveOn(): void {
    const now = Math.floor(clock() / 1_000);
    if (now === second) return;
    [before, current] = [now === second + 1 ? current : 0, 0];
    second = now;
  }

  return {
    count() {
      moveOn();
      current += 1;
    },
    perSecond() {
      moveOn();
      return Math.max(before, current);
    },
  };
}
