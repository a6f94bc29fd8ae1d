type UrlColumns = { url: string; host: string; path: string };

/**
 * What is stored of an address, in SQL: nothing where it says no more than host and path, which are stored
 * beside it. `footfall.full_url` gives it again.
 */
export function shortUrl({ url, host, path }: UrlColumns): string {
  return `nullif(${url}, 'https://' || ${host} || ${path})`;
}
