import { ApiError } from '../api/api-error.js';
import { onSessionEnd, requestOnce } from '../api/client.js';
import { forgetKey, forgetUnlocked, isLocked, keepKey, keepUnlocked, linkToken } from '../api/credentials.js';
import type { Site } from '../state/scope.js';
import { createStore, useStore } from '../state/store.js';

export type Operator = { email: string; name: string; role: string; sites: 'all' | string[] };

/** Where a person's requests come from; the network is a /64 where it is IPv6. */
export type Client = { address: string; network: string; isPublic: boolean };

/** `GET /api/v1/me`. */
type Me = {
  operator: Operator | null;
  role: string;
  allSites: boolean;
  client: Client | null;
  sites: Site[];
};

/** `GET /api/v1/login/methods`. */
export type LoginMethods = { password: boolean; oidc: { name: string } | null; firstOwner: boolean };

export type Session = {
  /**
   * locked: a share link that asks for its password; over: a share link that shows nothing any more; ended: there was a
   * session, and what was typed into the page is still there.
   */
  status: 'unknown' | 'out' | 'locked' | 'over' | 'in' | 'ended';
  operator: Operator | null;
  /** owner, admin or analyst; `share` for a link that only reads. */
  role: string;
  /** Every site is reached, those to come too. */
  allSites: boolean;
  client: Client | null;
  sites: readonly Site[];
};

const nobody: Session = {
  status: 'unknown',
  operator: null,
  role: '',
  allSites: false,
  client: null,
  sites: [],
};
const session = createStore<Session>(nobody);
let waiting: (() => void)[] = [];

onSessionEnd(() => {
  if (linkToken !== undefined) endShare();
  else session.set({ ...session.get(), status: 'ended' });
  return new Promise((resolve) => waiting.push(resolve));
});

export function useSession(): Session {
  return useStore(session);
}

/** Whether whoever has signed in may change things, besides reading them. */
export function mayManage({ role }: Session): boolean {
  return role === 'owner' || role === 'admin';
}

/**
 * Asks who this is; requests that waited for a new session go on.
 *
 * @throws ApiError where the collector cannot tell
 */
export async function openSession(): Promise<void> {
  if (isLocked()) return session.set({ ...nobody, status: 'locked' });
  try {
    const me = await requestOnce<Me>('/api/v1/me');
    session.set({ status: 'in', ...me });
    for (const resume of waiting) resume();
    waiting = [];
  } catch (error) {
    if (!(error instanceof ApiError && error.status === 401)) throw error;
    if (linkToken !== undefined) return endShare();
    forgetKey();
    if (session.get().status !== 'ended') session.set({ ...nobody, status: 'out' });
  }
}

// A password that has unlocked it before may do so no longer.
function endShare(): void {
  forgetUnlocked();
  session.set({ ...nobody, status: isLocked() ? 'locked' : 'over' });
}

/** @throws ApiError 401 for a wrong password, 429 after too many */
export async function unlockShare(password: string): Promise<void> {
  const body = { token: linkToken, password };
  const { token } = await requestOnce<{ token: string }>('/api/v1/shares/unlock', { method: 'POST', body });
  keepUnlocked(token);
  await openSession();
}

/** @throws ApiError 401 for a wrong address or password, 429 for too many tries */
export async function signIn(email: string, password: string): Promise<void> {
  await requestOnce('/api/v1/login', { method: 'POST', body: { email, password } });
  await openSession();
}

/** @throws ApiError 401 for a key that is not known */
export async function signInWithKey(key: string): Promise<void> {
  keepKey(key);
  await openSession();
  if (session.get().status === 'in') return;
  throw new ApiError(401, {
    code: 'unknown_key',
    message: 'This key is unknown or revoked.',
    hint: 'Make one with: npx footfall key create --role analyst',
  });
}

/** Sets the password that an invitation or a reset asks for, by the token of its link. */
export async function setPassword(token: string, password: string): Promise<void> {
  await requestOnce('/api/v1/password', { method: 'POST', body: { token, password } });
}

export async function signOut(): Promise<void> {
  const { operator } = session.get();
  forgetKey();
  if (operator) await requestOnce('/api/v1/logout', { method: 'POST', body: {} });
  session.set({ ...nobody, status: 'out' });
}
