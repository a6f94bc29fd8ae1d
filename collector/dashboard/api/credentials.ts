const keyName = 'footfall.key';

let shareToken: string | undefined;

/** Lets every request be made by a share link. */
export function useShareToken(token: string | undefined): void {
  shareToken = token;
}

/** Keeps a secret key for this tab alone, until it is closed. */
export function keepKey(key: string): void {
  sessionStorage.setItem(keyName, key);
}

export function forgetKey(): void {
  sessionStorage.removeItem(keyName);
}

/** What stands in the authorization header; undefined where the cookie of a session speaks. */
export function bearerToken(): string | undefined {
  return shareToken ?? sessionStorage.getItem(keyName) ?? undefined;
}
