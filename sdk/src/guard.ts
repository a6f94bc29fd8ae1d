export type Log = (...values: unknown[]) => void;

export type Guard = <Values extends unknown[], Result>(
  work: (...values: Values) => Result,
) => (...values: Values) => Result | undefined;

/** In debug mode the console tells what happened; else it stays empty. */
export function createLog(debug: boolean | undefined): Log {
  return debug ? console.debug.bind(console, '[footfall]') : () => undefined;
}

/** Wraps functions so that nothing they do can break the page. What fails returns undefined. */
export function createGuard(log: Log): Guard {
  return (work) =>
    (...values) => {
      try {
        return work(...values);
      } catch (error) {
        log(error);
      }
    };
}
