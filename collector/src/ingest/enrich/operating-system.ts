import type { ClientHints } from '@footfall/schema';
import { UAParser } from 'ua-parser-js';
import { hintedPlatforms, linuxNames, operatingSystemNames } from './lists/operating-system-names.js';
import { overridingSystems, remainingSystems } from './lists/operating-system-patterns.js';

export type OperatingSystem = { name: string | null; version: string | null };

const maxVersionChars = 32;

/** The operating system by family: iPadOS counts as iOS, Fire OS as Android, and every distribution as Linux. */
export function readOperatingSystem(userAgent: string, hints: ClientHints): OperatingSystem {
  const parsed = parseSystem(userAgent);
  const platform = hintedPlatforms.get(hints.platform?.toLowerCase() ?? '');
  const name = platform ?? parsed.name;
  const hinted = readPlatformVersion(name, hints.platformVersion ?? '');
  return { name, version: hinted ?? (name === parsed.name ? parsed.version : null) };
}

function parseSystem(userAgent: string): OperatingSystem {
  const overriding = matchSystem(userAgent, overridingSystems);
  if (overriding) return overriding;
  const { name, version } = new UAParser(userAgent).getOS();
  const key = name?.toLowerCase();
  if (name === undefined || key === undefined) {
    return matchSystem(userAgent, remainingSystems) ?? { name: null, version: null };
  }
  // A kernel or a distribution number is no version of "Linux" that could be compared.
  if (linuxNames.has(key)) return { name: 'Linux', version: null };
  const family = operatingSystemNames.get(key) ?? name;
  return { name: family, version: (family === 'iOS' && thawVersion(userAgent)) || cutVersion(version) };
}

function matchSystem(userAgent: string, systems: typeof remainingSystems): OperatingSystem | undefined {
  for (const [name, pattern] of systems) {
    const found = pattern.exec(userAgent);
    if (found) return { name, version: cutVersion(found[1]?.replaceAll('_', '.')) };
  }
  return undefined;
}

function cutVersion(version: string | undefined): string | null {
  return version?.slice(0, maxVersionChars) || null;
}

/**
 * Since iOS 26 Safari freezes the system in its header at 18_6 or 18_7, and Version/ tells the real one
 * (https://webkit.org/blog/17333/webkit-features-in-safari-26-0/, "User Agent String").
 */
function thawVersion(userAgent: string): string | undefined {
  if (!/OS 18_\d/.test(userAgent)) return undefined;
  const real = /\bVersion\/((\d{2})[\d.]*)/.exec(userAgent);
  return real && Number(real[2]) >= 26 ? real[1] : undefined;
}

function readPlatformVersion(name: string | null, version: string): string | undefined {
  if (!/^\d{1,5}(\.\d{1,9}){0,3}$/.test(version)) return undefined;
  if (name === 'Windows') return readWindowsVersion(version);
  if (name === 'Linux') return undefined;
  return version.replace(/(\.0)+$/, '');
}

/**
 * The hint counts the API contract of Windows: 13 and above is Windows 11, 1 to 10 is Windows 10, 0.x the older ones
 * (https://learn.microsoft.com/en-us/microsoft-edge/web-platform/how-to-detect-win11).
 */
function readWindowsVersion(version: string): string | undefined {
  const major = Number.parseInt(version, 10);
  if (major >= 13) return '11';
  if (major >= 1) return '10';
  const older: Record<string, string> = { '0.1': '7', '0.2': '8', '0.3': '8.1' };
  return older[version.slice(0, 3)];
}
