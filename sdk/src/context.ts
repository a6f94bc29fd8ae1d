import type { ClientHints, Context } from './wire.js';

type UserAgentData = { getHighEntropyValues(names: string[]): Promise<ClientHints> };

/** Describes browser and page for each batch. Client hints are asked for once and sent as soon as they are there. */
export function createContext(release: string | undefined): () => Context {
  let clientHints: ClientHints | undefined;
  // Only Chromium has them (https://wicg.github.io/ua-client-hints/).
  const { userAgentData }: { userAgentData?: UserAgentData } = navigator as object;
  userAgentData?.getHighEntropyValues(['formFactors', 'model', 'platformVersion']).then(
    ({ formFactors, model, platformVersion }) => {
      clientHints = { formFactors, model, platformVersion };
    },
    () => undefined,
  );
  return () => ({
    language: navigator.language,
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    screen: [screen.width, screen.height],
    viewport: [innerWidth, innerHeight],
    pixelRatio: devicePixelRatio,
    clientHints,
    release,
  });
}
