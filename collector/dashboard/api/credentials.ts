import { tabStorage } from '../state/storage.js';

const keyName = 'footfall.key';

const sharePath = /^\/share\/([^/]+)\/?$/;
const lockedPrefix = 'ff_locked_';
const unlockedName = 'footfall.unlocked';

/** The token of the share link that this page was opened by. */
export const linkToken: string | undefined = sharePath.exec(location.pathname)?.[1];

/** Whether the link asks for a password that has not been given in this tab. */
export function isLocked(): boolean {
  return linkToken !== undefined && shareToken() === undefined;
}

/** Keeps what the password has unlocked, for this tab alone. */
export function keepUnlocked(token: string): void {
  tabStorage.keep(unlockedName, JSON.stringify([linkToken, token]));
}

export function forgetUnlocked(): void {
  tabStorage.forget(unlockedName);
}

function shareToken(): string | undefined {
  if (!linkToken?.startsWith(lockedPrefix)) return linkToken;
  const [link, token]: unknown[] = JSON.parse(tabStorage.read(unlockedName) ?? '[]');
  return link === linkToken && typeof token === 'string' ? token : undefined;
}

/** Keeps a secret key for this tab alone, until it is closed. */
export function keepKey(key: string): void {
  tabStorage.keep(keyName, key);
}

export function forgetKey(): void {
  tabStorage.forget(keyName);
}

/** What stands in the authorization header; undefined where the cookie of a session speaks. */
export function bearerToken(): string | undefined {
  if (linkToken !== undefined) return shareToken();
  return tabStorage.read(keyName);
}
