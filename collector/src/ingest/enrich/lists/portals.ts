/** Hosts of search-engines.ts that are much else besides: only a search parameter makes them a search engine. */
export const portals: ReadonlySet<string> = new Set(
  `1881.no apollo7.de arcor.de cgi2.nintendo.co.jp charter.net cnn.com dizionario.it.msn.com
  enciclopedia.it.msn.com eniro.se fastweb.it gulesider.no icq.com info.com kadaza.com kataweb.it meinestadt.de meta.ua
  msnbc.msn.com neti.ee news.baidu.com online.no optuszoo.com.au rpmfind.net skynet.be so-net.ne.jp talktalk.co.uk
  tieba.baidu.com toppreise.ch url.org web.nl yellowmap.de zhidao.baidu.com`.split(/\s+/),
);
