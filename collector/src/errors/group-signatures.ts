import { groupBy } from '../group-by.js';
import { compareSignatures, type Likeness } from './compare-signatures.js';
import type { Signature } from './signature.js';

// Pairs are compared: a bucket with more distinct stacks than this is joined by place alone.
const maxCompared = 300;

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
      for (const { id } of members) groupOf.set(id, members[0]?.id ?? id);
    }
  }
  return groupOf;
}

type Group = Signature[];
type Pair = { likeness: 1 | 2 | 3; a: Signature; b: Signature };

function groupBucket(bucket: Signature[]): Group[] {
  const places = [...groupBy(bucket, placeOf).values()];
  const compared = places.slice(0, maxCompared);
  const groups = new Map<Signature, Group>();
  const heads = compared.map((place) => place[0]).filter((head) => head !== undefined);
  for (const place of compared) for (const member of place) groups.set(member, place);
  for (const { a, b } of pairsOf(heads)) join(groups, a, b);
  joinTheNameless(groups);
  return [...new Set(groups.values()), ...places.slice(maxCompared)];
}

function placeOf({ subject, engine, release, calls: [top] }: Signature): string {
  return JSON.stringify([subject, engine, release, top?.name, top?.file, top?.line, top?.column]);
}

function pairsOf(heads: Signature[]): Pair[] {
  const pairs: Pair[] = [];
  for (const [index, a] of heads.entries()) {
    for (const b of heads.slice(index + 1)) {
      const likeness = compareSignatures(a, b);
      if (likeness !== 'conflict' && likeness > 0)
        pairs.push({ likeness: likeness as Pair['likeness'], a, b });
    }
  }
  return pairs.sort((one, other) => other.likeness - one.likeness);
}

function join(groups: Map<Signature, Group>, a: Signature, b: Signature): void {
  const [one, other] = [groups.get(a), groups.get(b)];
  if (!one || !other || one === other || likenessOfGroups(one, other) === 'conflict') return;
  merge(groups, one, other);
}

function merge(groups: Map<Signature, Group>, one: Group, other: Group): void {
  const joined = [...one, ...other].sort((a, b) => (a.id < b.id ? -1 : 1));
  for (const member of joined) groups.set(member, joined);
}

function likenessOfGroups(one: Group, other: Group): Likeness {
  let best: Likeness = 0;
  for (const a of one) {
    for (const b of other) {
      const likeness = compareSignatures(a, b);
      if (likeness === 'conflict') return likeness;
      if (likeness > best) best = likeness;
    }
  }
  return best;
}

// A minified build that names nothing is the same bug where only one comes into question, on both sides.
function joinTheNameless(groups: Map<Signature, Group>): void {
  for (;;) {
    const all = [...new Set(groups.values())];
    const pair = all.flatMap((one) => soleCandidate(one, all)).at(0);
    if (!pair) return;
    merge(groups, ...pair);
  }
}

function soleCandidate(one: Group, all: Group[]): [Group, Group][] {
  if (one.some(({ isBroad }) => isBroad)) return [];
  const candidates = all.filter((other) => other !== one && likenessOfGroups(one, other) !== 'conflict');
  const hasConflict = candidates.some((a) =>
    candidates.some((b) => a !== b && likenessOfGroups(a, b) === 'conflict'),
  );
  const [first] = candidates;
  return first && !hasConflict && !first.some(({ isBroad }) => isBroad) ? [[one, first]] : [];
}
