type Patterns = readonly (readonly [name: string, pattern: RegExp])[];

/** Agents that name another system than the one they run on, asked before ua-parser-js. */
export const overridingSystems: Patterns = [
  ['iOS', /\bMacintosh\b.*\b(?:Cr|Fx|Edg)iOS\//],
  ['iOS', /\bCPU iPhone (\d[\d_]*)/],
  ['macOS', /\bCFNetwork\/.*(?:\bx86_64|\bi386|Mac(?:Book|mini|Pro)|iMac)/],
  ['Android', /\bX11; Linux x86_64; Quest\b/],
  ['Android', /\bLinux; U; [a-z-]+; KF[A-Z]+ /],
  ['Android', /\bLinux; (?:U; )?A(?:dr|ndr0id) (\d[\d.]*)/],
  ['Android', /^JUC \(Linux; U; (\d[\d.]*)/],
];

/** Systems of agents in which ua-parser-js finds none. */
export const remainingSystems: Patterns = [
  ['Windows Phone', /\bwds (\d[\d.]*)/],
  ['HarmonyOS', /\bHarmonyOS (\d[\d.]*)/],
  ['ChromeOS', /\bX11; Windows (?:aarch64|x86_64) ([\d.]+)\).*CitrixChromeApp/],
  ['iOS', /(?:\biOS|\biPhone OS|\biPad OS|\+OS\b|\bOutlook-iOS)[ ;,/+]*(\d[\d._]*)?/],
  ['Windows', /\bWindows/],
  ['macOS', /\bmacOS\b|\bDarwin\b/i],
];
