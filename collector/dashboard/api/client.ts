import { ApiError, connectionError, readError } from './api-error.js';
import { bearerToken } from './credentials.js';

export type Parameters = Record<string, string | number | undefined | null>;
export type RequestOptions = {
  method?: 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
  /** Written into the address; null and undefined are left out. */
  parameters?: Parameters;
  /** Sent as JSON. */
  body?: unknown;
  signal?: AbortSignal | undefined;
  /** What to answer with; JSON unless said. */
  accept?: string;
  /** Where a stream of events that was cut off goes on. */
  lastEventId?: string | undefined;
};

let signInAgain: (() => Promise<void>) | undefined;

/** Says what to do when a session has ended: the request that noticed it is sent again once this resolves. */
export function onSessionEnd(handler: () => Promise<void>): void {
  signInAgain = handler;
}

/**
 * Sends a request to the API with the cookie of the session, or with the key or share link in its place.
 *
 * @throws ApiError for every answer but 2xx, and where none came; DOMException AbortError when it was aborted
 */
export async function send(path: string, options: RequestOptions = {}): Promise<Response> {
  const response = await fetchOnce(path, options);
  if (response.ok) return response;
  const error = await readError(response);
  if (error.status !== 401 || !signInAgain) throw error;
  await signInAgain();
  const repeated = await fetchOnce(path, options);
  if (repeated.ok) return repeated;
  throw await readError(repeated);
}

/** The JSON of an answer; undefined for an answer without a body. The caller says what is in it. */
export async function request<Answer>(path: string, options: RequestOptions = {}): Promise<Answer> {
  const response = await send(path, options);
  return (response.status === 204 ? undefined : await response.json()) as Answer;
}

/** The same without asking to sign in again: for what is asked before anybody has signed in. */
export async function requestOnce<Answer>(path: string, options: RequestOptions = {}): Promise<Answer> {
  const response = await fetchOnce(path, options);
  if (!response.ok) throw await readError(response);
  return (response.status === 204 ? undefined : await response.json()) as Answer;
}

async function fetchOnce(
  path: string,
  { method = 'GET', parameters = {}, body, signal, accept = 'application/json', lastEventId }: RequestOptions,
): Promise<Response> {
  const token = bearerToken();
  const init: RequestInit = {
    method,
    headers: {
      accept,
      ...(token !== undefined && { authorization: `Bearer ${token}` }),
      ...(lastEventId !== undefined && { 'last-event-id': lastEventId }),
      ...(body !== undefined && { 'content-type': 'application/json' }),
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    ...(signal && { signal }),
  };
  try {
    return await fetch(addressOf(path, parameters), init);
  } catch (error) {
    if (signal?.aborted) throw error;
    throw connectionError();
  }
}

function addressOf(path: string, parameters: Parameters): string {
  const search = new URLSearchParams();
  for (const [name, value] of Object.entries(parameters))
    if (value !== undefined && value !== null) search.set(name, String(value));
  return search.size > 0 ? `${path}?${search}` : path;
}

/** Whether an error is one that a view shows; an aborted request is none. */
export function toApiError(error: unknown): ApiError | undefined {
  if (error instanceof ApiError) return error;
  if (error instanceof DOMException && error.name === 'AbortError') return undefined;
  throw error;
}
