/** What counts as reached: a pageview of a path, or a custom event of a name. `*` in a path stops at a slash, `**` does not. */
export type Goal = { name: string; kind: 'page' | 'event'; pattern: string; ignoresCase?: true };

const pagePrefix = 'Visit ';

/** The goal of a name: one of the site's, or else `Visit /path` for a page and any other text for a custom event. */
export function resolveGoal(name: string, siteGoals: readonly Goal[]): Goal {
  const known = siteGoals.find((goal) => goal.name === name);
  if (known) return known;
  if (name.startsWith(`${pagePrefix}/`))
    return { name, kind: 'page', pattern: name.slice(pagePrefix.length) };
  return { name, kind: 'event', pattern: name };
}

/** The goals of a filter's names: `case_sensitive: false` takes all that differ in case alone. */
export function resolveGoals(
  names: readonly string[],
  siteGoals: readonly Goal[],
  modifiers: { case_sensitive?: boolean | undefined } | undefined,
): Goal[] {
  if (modifiers?.case_sensitive !== false) return names.map((name) => resolveGoal(name, siteGoals));
  return names.flatMap((name) => {
    const known = siteGoals.filter((goal) => goal.name.toLowerCase() === name.toLowerCase());
    const written = name.replace(/^visit (?=\/)/i, pagePrefix);
    return known.length > 0 ? known : [{ ...resolveGoal(written, []), name, ignoresCase: true }];
  });
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
