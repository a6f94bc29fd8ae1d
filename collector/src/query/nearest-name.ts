const maxEdits = 4;

/** The allowed name that a wrong one was probably meant to be: the nearest by edits, if any is near. */
export function nearestName(wrong: string, allowed: readonly string[]): string | undefined {
  const lower = wrong.slice(0, 100).toLowerCase();
  const near = allowed
    .map((name) => ({ name, edits: countEdits(lower, name.toLowerCase()) }))
    .filter(({ name, edits }) => edits <= Math.min(maxEdits, Math.ceil(name.length / 2)))
    .sort((a, b) => a.edits - b.edits);
  return near[0]?.name;
}

/** Levenshtein distance, where leaving out the part up to the colon (event:, visit:) counts as one edit. */
function countEdits(wrong: string, name: string): number {
  const bare = name.slice(name.indexOf(':') + 1);
  const whole = levenshtein(wrong, name);
  return bare === name ? whole : Math.min(whole, 1 + levenshtein(wrong, bare));
}

function levenshtein(from: string, to: string): number {
  let previous = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (const [i, letter] of [...from].entries()) {
    const row = [i + 1];
    for (let j = 0; j < to.length; j++) {
      const replaced = (previous[j] ?? 0) + (letter === to[j] ? 0 : 1);
      row.push(Math.min(replaced, (row[j] ?? 0) + 1, (previous[j + 1] ?? 0) + 1));
    }
    previous = row;
  }
  return previous.at(-1) ?? 0;
}
