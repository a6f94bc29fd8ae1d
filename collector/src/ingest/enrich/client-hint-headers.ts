import type { ClientHints } from '@footfall/schema';

type Brands = NonNullable<ClientHints['brands']>;

/** Far above what a browser sends (a full version list is about 150 characters). */
const maxHeaderChars = 1_000;
const maxListMembers = 20;
const maxTextChars = 100;

/**
 * Reads the Sec-CH-UA request headers (https://wicg.github.io/ua-client-hints/#http-ua-hints) into the shape that
 * NavigatorUAData.getHighEntropyValues() has, so that headers and batches are enriched by the same code.
 * A header that is missing or malformed is left out; undefined when none is left.
 */
export function readClientHintHeaders(get: (name: string) => string | undefined): ClientHints | undefined {
  const read = (name: string) => get(name)?.slice(0, maxHeaderChars);
  const hints: ClientHints = {
    brands: readBrands(read('sec-ch-ua')),
    fullVersionList: readBrands(read('sec-ch-ua-full-version-list')),
    mobile: readBoolean(read('sec-ch-ua-mobile')),
    platform: readText(read('sec-ch-ua-platform')),
    platformVersion: readText(read('sec-ch-ua-platform-version')),
    model: readText(read('sec-ch-ua-model')),
    architecture: readText(read('sec-ch-ua-arch')),
    bitness: readText(read('sec-ch-ua-bitness')),
    formFactors: readTexts(read('sec-ch-ua-form-factors')),
  };
  return Object.values(hints).some((value) => value !== undefined) ? hints : undefined;
}

/** A list of strings with a parameter v (RFC 9651, section 3.1): `"Chromium";v="130", "Not_A Brand";v="99"`. */
function readBrands(header: string | undefined): Brands | undefined {
  const brands: Brands = [];
  for (const [, brand, version] of header?.matchAll(/"((?:[^"\\]|\\.){0,100})"\s*;\s*v="([^"]{0,100})"/g) ??
    []) {
    if (brand === undefined || version === undefined || brands.length === maxListMembers) break;
    brands.push({ brand: unquote(brand), version });
  }
  return brands.length > 0 ? brands : undefined;
}

function readTexts(header: string | undefined): string[] | undefined {
  const texts = [...(header?.matchAll(/"([^"]{1,100})"/g) ?? [])]
    .flatMap(([, text]) => text ?? [])
    .slice(0, 10);
  return texts.length > 0 ? texts : undefined;
}

function readText(header: string | undefined): string | undefined {
  const text = /^\s*"((?:[^"\\]|\\.)*)"\s*$/.exec(header ?? '')?.[1];
  return text ? unquote(text).slice(0, maxTextChars) : undefined;
}

function readBoolean(header: string | undefined): boolean | undefined {
  if (header?.trim() === '?1') return true;
  return header?.trim() === '?0' ? false : undefined;
}

function unquote(text: string): string {
  return text.replace(/\\(.)/g, '$1');
}
