/**
 * Hosts that send made-up visits to be seen in the reports of the sites; subdomains belong to them. A short list of the
 * well-known ones: a visit is marked, never dropped.
 */
export const spamHosts: ReadonlySet<string> = new Set(
  `4webmasters.org 7makemoneyonline.com abcdefh.xyz anticrawler.org
  best-seo-offer.com best-seo-software.xyz best-seo-solution.com bestwebsitesawards.com blackhatworth.com
  bottraffic.live buttons-for-website.com buttons-for-your-website.com
  cenokos.ru cenoval.ru cyprusbuyproperties.com darodar.com descargar-musica-gratis.net domination.ml
  econom.co e-buyeasy.com erot.co event-tracking.com floating-share-buttons.com forum20.smailik.org
  free-share-buttons.com free-social-buttons.com free-traffic.xyz get-free-traffic-now.com googlsucks.com
  guardlink.org hulfingtonpost.com humanorightswatch.org iloveitaly.co iloveitaly.ru ilovevitaly.co ilovevitaly.com
  ilovevitaly.ru iskalko.ru kambasoft.com lumb.co
  o-o-6-o-o.com o-o-6-o-o.ru o-o-8-o-o.com online-hit.info priceg.com pornhub-forum.ga
  rank-checker.online ranksonic.info ranksonic.org rankings-analytics.com sanjosestartups.com savetubevideo.com
  screentoolkit.com semalt.com semaltmedia.com seoexperimenty.ru simple-share-buttons.com slftsdybbg.ru
  social-buttons.com socialseet.ru success-seo.com theguardlan.com trafers.com traffic2cash.org traffic2money.com
  trafficbot.life trafficbot.live trafficgenius.xyz trafficmonetize.org traffic-cash.xyz videos-for-your-business.com
  webmaster-traffic.com webmonetizer.net website-analyzer.info
  websites-reviews.com xtrafficplus.com yourserverisdown.com`.split(/\s+/),
);
