import { createStore, useStore } from './store.js';

/** What a change of the address sets; null takes a parameter out. */
export type AddressChange = Record<string, string | readonly string[] | null>;

const search = createStore(location.search);

addEventListener('popstate', () => search.set(location.search));

/** The parameters of the address. All state that is worth a link is there. */
export function useAddress(): URLSearchParams {
  return new URLSearchParams(useStore(search));
}

/** One parameter of the address. */
export function useParameter(name: string): string | undefined {
  return useAddress().get(name) ?? undefined;
}

/** The address of this page with some parameters changed: for links. */
export function addressWith(change: AddressChange): string {
  const parameters = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(change)) {
    parameters.delete(name);
    for (const one of value === null ? [] : [value].flat()) parameters.append(name, one);
  }
  return location.pathname + write(parameters);
}

/** Changes the address: a step for the back button, unless it replaces the present one. */
export function go(change: AddressChange, { replace = false } = {}): void {
  const address = addressWith(change);
  if (address === location.pathname + location.search) return;
  if (replace) history.replaceState(null, '', address);
  else history.pushState(null, '', address);
  search.set(location.search);
}

/** For `onClick` of a link within the page: what a browser does with modifier keys stays as it is. */
export function follow(event: MouseEvent, change: AddressChange): void {
  if (event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  go(change);
}

// Filters are read by people too: what may stand in a query is not escaped (RFC 3986, section 3.4).
const readable: Record<string, string> = { '%2C': ',', '%2F': '/', '%3A': ':', '%7E': '~' };

function write(parameters: URLSearchParams): string {
  const text = parameters.toString().replace(/%(?:2C|2F|3A|7E)/g, (code) => readable[code] ?? code);
  return text === '' ? '' : `?${text}`;
}
