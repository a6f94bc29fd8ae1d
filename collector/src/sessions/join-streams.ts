/** Two streams, by their keys, that belong together. */
export type Edge = readonly [string, string];

/** Finds for each key the name of the set that edges join it to. */
export function joinStreams(keys: Iterable<string>, edges: readonly Edge[]): (key: string) => string {
  const parents = new Map<string, string>();
  for (const key of keys) parents.set(key, key);

  function rootOf(key: string): string {
    let root = key;
    for (let parent = parents.get(root); parent !== undefined && parent !== root; parent = parents.get(root))
      root = parent;
    return root;
  }

  for (const [a, b] of edges) {
    parents.set(a, parents.get(a) ?? a);
    parents.set(b, parents.get(b) ?? b);
    parents.set(rootOf(a), rootOf(b));
  }
  return rootOf;
}
