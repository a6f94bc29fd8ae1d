import type { ClientHints, Context } from './wire.js';

const hintNames = ['architecture', 'bitness', 'formFactors', 'fullVersionList', 'model', 'platformVersion'];

type UserAgentData = { getHighEntropyValues(names: string[]): Promise<ClientHints> };

/** Describes browser and page for each batch. Client hints are asked for once and sent as soon as they are there. */
export function createContext(release: string | undefined): () => Context {
  let clientHints: ClientHints | undefined;
  askClientHints().then(
    (hints) => {
      clientHints = hints;
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

/** Only Chromium has them (https://wicg.github.io/ua-client-hints/). Its `brands` repeat the full version list. */
async function askClientHints(): Promise<ClientHints | undefined> {
  const data: UserAgentData | undefined = Reflect.get(navigator, 'userAgentData');
  const hints = await data?.getHighEntropyValues(hintNames);
  return hints && { ...hints, brands: undefined };
}
