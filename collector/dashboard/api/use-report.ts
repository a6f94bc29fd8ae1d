import type { Parameters } from './client.js';
import { request } from './client.js';
import { type Asked, useAnswer } from './use-answer.js';

/** Asks `GET /api/v1/<path>` whenever the parameters change; without parameters nothing is asked. */
export function useReport<Answer>(path: string, parameters: Parameters | null): Asked<Answer> {
  const key = parameters === null ? null : `${path} ${JSON.stringify(parameters)}`;
  return useAnswer<Answer>(key, (signal) =>
    request<Answer>(`/api/v1/${path}`, { parameters: parameters ?? {}, signal }),
  );
}
