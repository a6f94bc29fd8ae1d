export type Log = (...values: unknown[]) => void;

export type Guard = ReturnType<typeof createGuard>['guard'];

/** Wraps functions so that nothing they do can break the page; in debug mode the console tells what happened. */
export function createGuard(debug: boolean | undefined) {
  const log: Log = debug ? (...values) => console.debug('[footfall]', ...values) : () => undefined;

  function guard<Values extends unknown[]>(work: (...values: Values) => void): (...values: Values) => void {
    return (...values) => {
      try {
        work(...values);
      } catch (error) {
        log(error);
      }
    };
  }

  return { guard, log };
}
