import { detach } from './detach.js';

/**
 * Remembers the answers of a pure function, at most maxEntries of them; the one used longest ago is forgotten first.
 * A Map iterates in the order of insertion, so taking an entry out and putting it back marks it as just used.
 */
export function remember<Answer>({ maxEntries }: { maxEntries: number }) {
  const answers = new Map<string, Answer>();
  return function recall(key: string, compute: () => Answer): Answer {
    const known = answers.get(key);
    if (known === undefined) return store(key, compute());
    answers.delete(key);
    answers.set(key, known);
    return known;
  };

  function store(key: string, answer: Answer): Answer {
    const oldest = answers.size < maxEntries ? undefined : answers.keys().next().value;
    if (oldest !== undefined) answers.delete(oldest);
    answers.set(detach(key), answer);
    return answer;
  }
}
