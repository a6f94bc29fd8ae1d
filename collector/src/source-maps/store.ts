import type { Database, Transaction } from '../db/database.js';

/** A map as it was uploaded. `file` is the path of the minified file below the uploaded folder. */
export type StoredMap = { file: string; map: string };

/** Stores maps of a release; a file that is uploaded again takes the place of the one before. */
export async function saveMaps(
  database: Database,
  { site, release, maps }: { site: string; release: string; maps: StoredMap[] },
): Promise<void> {
  await database.asOwner(async (tx) => {
    for (const { file, map } of maps) {
      await tx.query(
        `/* source-maps.saveMaps */
         insert into footfall.source_maps (site, release, file, map)
         values ($1::text, $2::text, $3::text, $4::text)
         on conflict (site, release, file) do update set map = excluded.map, uploaded_at = now()`,
        [site, release, file, map],
      );
    }
  });
}

/**
 * The maps of the files of a stack. A file is found by the end of its URL's path, since where the folder is served is
 * not known; of several the one that agrees longest.
 */
export async function findMaps(
  tx: Transaction,
  { site, release, urls }: { site: string; release: string; urls: readonly string[] },
): Promise<Map<string, string>> {
  const rows = await tx.query<{ url: string; map: string }>(
    `/* source-maps.findMaps */
     select distinct on (u.url) u.url, m.map
     from unnest($3::text[], $4::text[]) as u (url, path)
       join footfall.source_maps m on right('/' || u.path, length(m.file) + 1) = '/' || m.file
     where m.site = $1::text and m.release = $2::text
     order by u.url, length(m.file) desc`,
    [site, release, urls, urls.map(pathOf)],
  );
  return new Map(rows.map(({ url, map }) => [url, map]));
}

function pathOf(url: string): string {
  const path = URL.canParse(url) ? new URL(url).pathname : url.replace(/[?#].*$/, '');
  try {
    return decodeURIComponent(path).replace(/^\/+/, '');
  } catch {
    return path.replace(/^\/+/, '');
  }
}
