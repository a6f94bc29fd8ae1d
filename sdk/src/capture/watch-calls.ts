/** Calls back after each call of a method, with its object and its values; for what the browser announces by no event. */
export function watchCalls<Target extends object>(
  object: Target,
  name: keyof Target,
  called: (target: Target, values: unknown[]) => void,
): void {
  const methods: object = object;
  const original = Reflect.get(methods, name);
  // Leaves a frozen object as it is.
  Reflect.set(object, name, function watched(this: Target, ...values: unknown[]) {
    original.apply(this, values);
    called(this, values);
  });
}
