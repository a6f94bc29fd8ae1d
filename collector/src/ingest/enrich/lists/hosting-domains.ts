/**
 * Domains whose subdomains are other people's sites: a blog on wordpress.com is a site that refers, not a network.
 * The domain itself keeps its entry in the lists.
 */
export const hostingDomains: ReadonlySet<string> = new Set(
  `blog.com blog.feedspot.com blogg.no bloggang.com blogger.com blogs.com blogsome.com blogspot.com canalblog.com
  centerblog.net cocolog-nifty.com edublogs.org exblog.jp fandom.com fc2.com livedoor.com ning.com over-blog.com
  overblog.com posterous.com typepad.com unblog.fr weebly.com wordpress.com wordpress.org`.split(/\s+/),
);
