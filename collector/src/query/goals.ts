/** What counts as reached: a pageview of a path, or a custom event of a name. `*` in a path stops at a slash, `**` does not. */
export type Goal = { name: string; kind: 'page' | 'event'; pattern: string };

const pagePrefix = 'Visit ';

/** The goal of a name: one of the site's, or else `Visit /path` for a page and any other text for a custom event. */
export function resolveGoal(name: string, siteGoals: readonly Goal[]): Goal {
  const known = siteGoals.find((goal) => goal.name === name);
  if (known) return known;
  if (name.startsWith(`${pagePrefix}/`))
    return { name, kind: 'page', pattern: name.slice(pagePrefix.length) };
  return { name, kind: 'event', pattern: name };
}

/** The regular expression of a pattern with wildcards, anchored, in the syntax of PostgreSQL. */
export function goalRegex(pattern: string): string {
  const parts = pattern.split(/(\*\*?)/).map((part) => {
    if (part === '**') return '.*';
    if (part === '*') return '[^/]*';
    return part.replace(/[.\\+?^$(){}|[\]]/g, '\\$&');
  });
  return `^(?:${parts.join('')})$`;
}
