import { click, error, form, init, pageview, scroll } from '@footfall/sdk';

const endpoint = import.meta.env.DEV ? 'http://127.0.0.1:8787' : location.origin;

/** One instance for the page. It lives outside React: a component may mount twice, a visit happens once. */
export const footfall = init({
  site: 'demo',
  endpoint: import.meta.env.VITE_FOOTFALL_ENDPOINT ?? endpoint,
  captures: [pageview(), click(), scroll(), form(), error()],
});
