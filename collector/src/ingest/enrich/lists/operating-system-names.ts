/** Names that ua-parser-js gives to a system, in lower case, and the family that it belongs to. */
export const operatingSystemNames: ReadonlyMap<string, string> = new Map([
  ['mac os', 'macOS'],
  ['ios', 'iOS'],
  ['chromium os', 'ChromeOS'],
  ['cros', 'ChromeOS'],
  ['windows iot', 'Windows'],
  ['windows phone', 'Windows Phone'],
  ['windows phone os', 'Windows Phone'],
  ['windows mobile', 'Windows Mobile'],
  ['android', 'Android'],
  ['android-x86', 'Android'],
  ['android x86', 'Android'],
  ['harmonyos', 'HarmonyOS'],
  ['openharmony', 'HarmonyOS'],
  ['kaios', 'KaiOS'],
  ['tizen', 'Tizen'],
  ['webos', 'webOS'],
  ['blackberry', 'BlackBerry'],
  ['nintendo', 'Nintendo'],
  ['playstation', 'PlayStation'],
  ['xbox', 'Xbox'],
]);

/** Distributions that ua-parser-js names instead of Linux, in lower case. */
export const linuxNames: ReadonlySet<string> = new Set(
  `linux,gnu,ubuntu,kubuntu,xubuntu,lubuntu,debian,suse,opensuse,gentoo,arch,slackware,fedora,mandriva,centos,
  pclinuxos,red hat,redhat,zenwalk,linpus,raspbian,deepin,manjaro,elementary os,sabayon,linspire,mint,mageia,
  vectorlinux,joli`.split(/,\s*/),
);

/** Values of Sec-CH-UA-Platform, in lower case (https://wicg.github.io/ua-client-hints/#sec-ch-ua-platform). */
export const hintedPlatforms: ReadonlyMap<string, string> = new Map([
  ['windows', 'Windows'],
  ['macos', 'macOS'],
  ['linux', 'Linux'],
  ['android', 'Android'],
  ['chrome os', 'ChromeOS'],
  ['chromium os', 'ChromeOS'],
  ['chromeos', 'ChromeOS'],
  ['ios', 'iOS'],
]);
