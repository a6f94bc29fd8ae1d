import type { ClientHints, Context } from './wire.js';

type UserAgentData = { getHighEntropyValues(names: string[]): Promise<object> };

/** What the headers of a request do not tell: they hold brands, platform and mobile already. */
const hintNames = ['formFactors', 'model', 'platformVersion'];

/** Describes browser and page for each batch. Client hints are asked for once and sent as soon as they are there. */
export function createContext(release: string | undefined): () => Context {
  let clientHints: ClientHints | undefined;
  let timezone: string | undefined;
  // Only Chromium has them (https://wicg.github.io/ua-client-hints/).
  const { userAgentData }: { userAgentData?: UserAgentData } = navigator as object;
  userAgentData?.getHighEntropyValues(hintNames).then(
    (hints) => {
      clientHints = JSON.parse(JSON.stringify(hints, hintNames));
    },
    () => undefined,
  );

  return function describeBrowser() {
    timezone ??= timezoneName();
    return {
      language: navigator.language,
      timezone,
      screen: [screen.width, screen.height],
      viewport: [innerWidth, innerHeight],
      pixelRatio: devicePixelRatio,
      clientHints,
      release,
    };
  };
}

/** Temporal knows at once; for Intl the browser reads its tables, which takes it ten milliseconds. */
function timezoneName(): string {
  const { Temporal }: { Temporal?: { Now: { timeZoneId(): string } } } = window as object;
  return Temporal?.Now.timeZoneId() ?? Intl.DateTimeFormat().resolvedOptions().timeZone;
}
