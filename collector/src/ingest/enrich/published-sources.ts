import { ga4Sources } from './lists/ga4-sources.js';

type Category = keyof typeof ga4Sources;

/** What Google Analytics 4 takes a traffic source for, by name ("facebook") and by host ("l.facebook.com"). */
export const publishedSources = new Map<string, Category>();
for (const category of ['shopping', 'social', 'video', 'search'] as const) {
  for (const source of splitList(ga4Sources[category])) publishedSources.set(source, category);
}

/** The published list has hosts without a name; "quora.com" is then called "Quora". */
export function publishedHosts(category: Category): [host: string, name: string][] {
  const hosts = splitList(ga4Sources[category]).filter((source) => source.includes('.'));
  return hosts.map((host) => [host, capitalize(host)]);
}

function capitalize(host: string): string {
  const label = host.split('.').at(-2) ?? host;
  return label.slice(0, 1).toUpperCase() + label.slice(1);
}

function splitList(list: string): string[] {
  return list.trim().split(/,\s*/);
}
