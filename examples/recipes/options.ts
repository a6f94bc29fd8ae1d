import { click, error, form, type Options, pageview, scroll } from '@footfall/sdk';

export const options: Options = {
  site: 'demo',
  endpoint: import.meta.env.VITE_FOOTFALL_ENDPOINT ?? 'http://127.0.0.1:8787',
  captures: [pageview(), click(), scroll(), form(), error()],
};
