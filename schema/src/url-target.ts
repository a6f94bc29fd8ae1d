/** On which pages an experiment runs: on any of `include`, or on all where it is absent, but on none of `exclude`. */
export type UrlTargets = {
  readonly include?: readonly string[] | undefined;
  readonly exclude?: readonly string[] | undefined;
};

/**
 * Whether an experiment runs on a page. A target that begins with / is compared with the path, another one with the whole
 * address without its fragment; `*` stands for any text. A query counts only where the target has one.
 */
export function isTargeted(url: string, { include, exclude = [] }: UrlTargets): boolean {
  const isOn = (target: string) => matchesGlob(target, partOf(url, target));
  return (include === undefined || include.some(isOn)) && !exclude.some(isOn);
}

function partOf(url: string, target: string): string {
  const [, origin = '', path = '', query = ''] =
    /^([a-z][\w+.-]*:\/\/[^/?#]*)?([^?#]*)(\?[^#]*)?/i.exec(url) ?? [];
  return (target.startsWith('/') ? '' : origin) + (path || '/') + (target.includes('?') ? query : '');
}

/** Whether a text fits a pattern in which `*` stands for any text. Goes back to the last star only: no slow pattern. */
export function matchesGlob(pattern: string, text: string): boolean {
  let at = 0;
  let inPattern = 0;
  let star = -1;
  let startOfStar = 0;
  while (at < text.length) {
    if (pattern[inPattern] === '*') {
      star = inPattern++;
      startOfStar = at;
    } else if (pattern[inPattern] === text[at]) {
      inPattern++;
      at++;
    } else if (star >= 0) {
      inPattern = star + 1;
      at = ++startOfStar;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(inPattern));
}
