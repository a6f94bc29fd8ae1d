/**
 * Whether a client has what an entity tag names, by its If-None-Match: `*`, or one of a list, weak or strong alike (RFC 9110,
 * section 13.1.2). A proxy that compresses an answer makes its tag weak.
 */
export function matchesEtag(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const wanted = strong(etag);
  return header.split(',').some((one) => one.trim() === '*' || strong(one.trim()) === wanted);
}

function strong(etag: string): string {
  return etag.startsWith('W/') ? etag.slice(2) : etag;
}
