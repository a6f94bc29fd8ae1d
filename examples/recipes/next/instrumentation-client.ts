// Next runs this file in the browser, before the page becomes interactive.
import { click, error, form, init, pageview, scroll } from '@footfall/sdk';

export const footfall = init({
  site: 'demo',
  endpoint: process.env.NEXT_PUBLIC_FOOTFALL_ENDPOINT ?? 'http://127.0.0.1:8787',
  captures: [pageview(), click(), scroll(), form(), error()],
});
