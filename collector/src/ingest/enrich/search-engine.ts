import { portals } from './lists/portals.js';
import { searchEngines } from './lists/search-engines.js';

export type SearchVisit = { name: string; term: string | null };

type Engine = { name: string; parameters: string[] };

const maxTermChars = 200;

const engines = new Map<string, Engine>();
for (const [name, hosts, parameters] of searchEngines) {
  for (const host of hosts.split(' ')) engines.set(host, { name, parameters: parameters.split(' ') });
}

/**
 * The search engine that a referrer belongs to, by host and, where the list says so, path. Most engines hide the words
 * that were searched for; `term` is there for those that do not. The host comes without "www." and "m.".
 */
export function findSearchEngine(host: string, path: string, params: URLSearchParams): SearchVisit | null {
  const found = findListed(host, path);
  if (found === null) return null;
  const term = readTerm(found.engine.parameters, params);
  return portals.has(found.key) && term === null ? null : { name: found.engine.name, term };
}

function findListed(host: string, path: string): { key: string; engine: Engine } | null {
  const [first = '', second = ''] = path.split('/', 3).slice(1);
  for (const spelling of spellings(host)) {
    for (const key of [`${spelling}/${first}/${second}`, `${spelling}/${first}`, spelling]) {
      const engine = engines.get(key);
      if (engine) return { key, engine };
    }
  }
  return null;
}

/** The list writes google.co.uk as google.{} and de.search.yahoo.com as {}.search.yahoo.com. */
function spellings(host: string): string[] {
  const anyEnding = host.replace(/\.(?:(?:com?|org|net)\.)?[a-z]{2}$|\.(?:com|org|net)$/, '.{}');
  const anyCountry = host.replace(/^[a-z]{2}(?:-[a-z]{2})?\./, '{}.');
  return [host, anyEnding, anyCountry];
}

const searchWords = /^(?:web|meta)?(?:search|suche|recherche|busca|buscador|szukaj|hledej|zoeken)$/;

/**
 * An unlisted host that calls itself a search engine: a word of its own ("yellow-search.org", "suche.example.net"),
 * or part of one ("securesearch.co") that also shows a search. "research", alone or after most letters, is another word.
 */
export function predictSearchEngine(host: string, path: string, params: URLSearchParams): SearchVisit | null {
  const labels = host.split('.').slice(0, -1);
  const words = labels.flatMap((label) => label.split('-'));
  const term = readTerm(['q', 'query', 'p', 'search', 'keyword'], params);
  if (words.some((word) => searchWords.test(word))) return { name: host, term };
  const isPart = words.some((word) => /^search|(?<!(?:^|[^pu])re)search$/.test(word));
  return isPart && (term !== null || /\/search\b/.test(path)) ? { name: host, term } : null;
}

function readTerm(parameters: string[], params: URLSearchParams): string | null {
  for (const name of parameters) {
    const term = params.get(name)?.trim();
    if (term) return term.slice(0, maxTermChars);
  }
  return null;
}
