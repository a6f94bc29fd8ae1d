import { detach } from './detach.js';

/**
 * Remembers the answers of a pure function, at most maxEntries of them. Two generations, so that a known answer costs one
 * look: whatever is used moves to the young one, and when that is full, it takes the place of the old one. An answer of
 * undefined is not remembered.
 */
export function remember<Answer>({ maxEntries }: { maxEntries: number }) {
  const maxYoung = Math.ceil(maxEntries / 2);
  let young = new Map<string, Answer>();
  let old = new Map<string, Answer>();

  return function recall(key: string, compute: () => Answer): Answer {
    const known = young.get(key);
    if (known !== undefined) return known;
    const older = old.get(key);
    const answer = older ?? compute();
    if (answer !== undefined) keep(key, answer);
    return answer;
  };

  function keep(key: string, answer: Answer): void {
    if (young.size >= maxYoung) {
      old = young;
      young = new Map();
    }
    young.set(detach(key), answer);
  }
}
