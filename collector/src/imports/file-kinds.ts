/**
 * Files that are no page, by the ending of their name. A page is what a browser shows with our script in it: imported
 * history then means the same as what the SDK counts from that day on, and no script runs in a text, a PDF or an XML
 * file. An ending that is not listed is part of a name (/v1.2, /jane.doe), and .php, .cgi or .jsp make pages.
 */
const kinds = {
  asset: `css js mjs cjs map wasm htc xsl xslt webmanifest png jpg jpeg jpe gif webp avif svg svgz ico cur bmp tif tiff
    apng jxl heic woff woff2 ttf otf eot swf class`,
  media:
    'mp3 mp4 m4a m4v m3u8 mpd ts ogg oga ogv opus wav flac aac webm mov avi mkv flv wmv mpg mpeg 3gp vtt srt',
  feed: 'rss atom rdf',
  data: 'xml json jsonl ndjson yaml yml toml csv tsv geojson kml gpx ics vcf sql sqlite pcap parquet',
  document: 'pdf ps eps djvu epub mobi azw3 doc docx docm odt rtf xls xlsx ods ppt pptx pps odp tex',
  text: `txt text log md markdown rst conf cfg ini env lock diff patch c h cc cpp hpp cs java kt py pyc rb lua go rs sh
    bash bat ps1 vim spec mk m4 xs`,
  download: `zip gz tgz bz2 tbz xz txz zst 7z rar tar jar war ear gem whl egg deb rpm apk ipa exe msi dmg pkg iso img bin
    dll so torrent asc sig md5 sha1 sha256`,
};

const kindOf = new Map<string, string>();
for (const [kind, endings] of Object.entries(kinds)) {
  for (const ending of endings.split(/\s+/)) kindOf.set(ending, kind);
}

/** The kind of a file and its ending, such as "asset .css", or nothing for a page. */
export function findFileKind(path: string): string | undefined {
  const ending = endingOf(path);
  const kind = kindOf.get(ending);
  return kind && `${kind} .${ending}`;
}

/** What follows the last dot of the last part of a path, in lower case; empty without one. */
export function endingOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1).replace(/;.*$/s, '');
  const dot = name.lastIndexOf('.');
  return dot === -1 ? '' : name.slice(dot + 1).toLowerCase();
}
