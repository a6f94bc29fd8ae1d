/** One thing that visitors do, as reports take it: a page, an event or a goal. */
export type EventMatch = { page?: string; event?: string; goal?: string };

export const matchKinds = ['page', 'event', 'goal'] as const;
export type MatchKind = (typeof matchKinds)[number];

/** The same in two parts, as a form holds it. */
export type MatchDraft = { kind: MatchKind; text: string };

export function toDraft(match: EventMatch): MatchDraft {
  const kind = matchKinds.find((name) => match[name] !== undefined) ?? 'page';
  return { kind, text: match[kind] ?? '' };
}

export function toMatch({ kind, text }: MatchDraft): EventMatch {
  return { [kind]: text.trim() };
}

/** What a match is called on the page. */
export function nameMatch(match: EventMatch): string {
  return toDraft(match).text;
}

/** The match of a text of the address, or undefined where it is none. */
export function readMatch(text: string | undefined): EventMatch | undefined {
  return readMatches(text === undefined ? undefined : `[${text}]`)?.[0];
}

/** A list of matches of a text of the address, or undefined where it is none. */
export function readMatches(text: string | undefined): EventMatch[] | undefined {
  if (text === undefined) return undefined;
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) && value.every(isMatch) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isMatch(value: unknown): value is EventMatch {
  if (typeof value !== 'object' || value === null) return false;
  const entries = Object.entries(value);
  return entries.length === 1 && entries.every(([name, text]) => isKind(name) && typeof text === 'string');
}

function isKind(name: string): name is MatchKind {
  return matchKinds.some((kind) => kind === name);
}
