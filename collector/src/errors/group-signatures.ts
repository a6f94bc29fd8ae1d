import { groupBy } from '../group-by.js';
import { compareSignatures } from './compare-signatures.js';
import { type Call, type Signature, stemOf } from './signature.js';

// Pairs are compared: a bucket with more distinct places than this joins the rest by place alone.
const maxCompared = 300;
// Among so many bugs of one bucket no candidate is the only one.
const maxNameless = 60;

/**
 * Groups signatures by bug. The strongest likeness joins first, and never two groups with members in conflict, so that
 * the result depends on the set alone and not on its order.
 *
 * @returns the id of its group for each signature id: the least id of the members
 */
export function groupSignatures(signatures: Iterable<Signature>): Map<string, string> {
  const byId = new Map<string, Signature>();
  for (const signature of signatures) byId.set(signature.id, signature);
  const sorted = [...byId.values()].sort((a, b) => (a.id < b.id ? -1 : 1));
  const groupOf = new Map<string, string>();
  for (const bucket of groupBy(sorted, (signature) => signature.bucket).values()) {
    for (const members of groupBucket(bucket)) {
      const [least = ''] = members.map(({ id }) => id).sort();
      for (const { id } of members) groupOf.set(id, least);
    }
  }
  return groupOf;
}

function groupBucket(bucket: Signature[]): Signature[][] {
  const places = [...groupBy(bucket, placeOf).values()];
  const compared = places.slice(0, maxCompared);
  const heads = compared.flatMap(([head]) => head ?? []);
  const groups = createGroups(heads);
  for (const [a, b] of groups.alikePairs) groups.join(a, b);
  joinTheNameless(groups, heads);
  const joined = groupBy(compared.keys(), (index) => groups.find(index));
  return [
    ...[...joined.values()].map((indexes) => indexes.flatMap((index) => compared[index] ?? [])),
    ...places.slice(maxCompared),
  ];
}

// A function that a person named is one place in every release; what a minifier named is one in its own build.
function placeOf({ subject, nothing, engine, release, calls }: Signature): string {
  const kind = [subject, nothing, engine];
  const [top] = calls;
  if (!top?.isReadable)
    return JSON.stringify([...kind, release, top?.name, top?.file, top?.line, top?.column]);
  return JSON.stringify([...kind, folderOf(top), stemOf(top.file), calls.map(({ name }) => name)]);
}

function folderOf({ file }: Call): string {
  return file.slice(0, file.lastIndexOf('/') + 1);
}

/** Heads by their index, each at first a group of its own that goes by the least index of its members. */
type Groups = {
  /** The strongest first. */
  alikePairs: [number, number][];
  find(index: number): number;
  areInConflict(a: number, b: number): boolean;
  join(a: number, b: number): void;
  alive(): number[];
};

function createGroups(heads: readonly Signature[]): Groups {
  const size = heads.length;
  const group = heads.map((_, index) => index);
  const conflicts = new Uint8Array(size * size);
  const pairs: { likeness: number; a: number; b: number }[] = [];
  for (const [a, one] of heads.entries()) {
    for (let b = a + 1; b < size; b++) {
      const likeness = compareSignatures(one, heads[b] ?? one);
      if (likeness === 'conflict') conflicts[a * size + b] = conflicts[b * size + a] = 1;
      else if (likeness > 0) pairs.push({ likeness, a, b });
    }
  }
  const find = (index: number) => group[index] ?? index;
  const areInConflict = (a: number, b: number) => conflicts[a * size + b] === 1;

  function join(one: number, other: number): void {
    const [into, from] = [find(one), find(other)].sort((a, b) => a - b) as [number, number];
    if (into === from || areInConflict(into, from)) return;
    for (let index = 0; index < size; index++) {
      if (group[index] === from) group[index] = into;
      if (!areInConflict(from, index)) continue;
      conflicts[into * size + index] = conflicts[index * size + into] = 1;
    }
  }

  return {
    alikePairs: pairs.sort((a, b) => b.likeness - a.likeness).map(({ a, b }) => [a, b]),
    find,
    areInConflict,
    join,
    alive: () => [...new Set(group)],
  };
}

// A minified build that names nothing is the same bug where only one comes into question, on both sides.
function joinTheNameless(groups: Groups, heads: readonly Signature[]): void {
  for (;;) {
    const alive = groups.alive();
    if (alive.length < 2 || alive.length > maxNameless) return;
    const pair = findSolePair(alive, groups, heads);
    if (!pair) return;
    groups.join(...pair);
  }
}

function findSolePair(
  alive: readonly number[],
  { find, areInConflict }: Groups,
  heads: readonly Signature[],
): [number, number] | undefined {
  const broad = new Set(heads.flatMap(({ isBroad }, index) => (isBroad ? [find(index)] : [])));
  for (const one of alive) {
    if (broad.has(one)) continue;
    const candidates = alive.filter((other) => other !== one && !areInConflict(one, other));
    const isClear = candidates.every((a) => candidates.every((b) => a === b || !areInConflict(a, b)));
    const [first] = candidates;
    if (isClear && first !== undefined && !broad.has(first)) return [one, first];
  }
  return undefined;
}
