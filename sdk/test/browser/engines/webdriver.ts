/** A session of W3C WebDriver (https://www.w3.org/TR/webdriver2/): a path below it, and what is posted there. */
export type Session = {
  get(path: string): Promise<unknown>;
  post(path: string, body?: object): Promise<unknown>;
  delete(path: string): Promise<unknown>;
  capabilities: Record<string, unknown>;
};

/** Starts a session at a driver; rejects with the error that the driver names. */
export async function startSession(driver: string, capabilities: object): Promise<Session> {
  const started = await command(driver, 'POST', '/session', { capabilities: { alwaysMatch: capabilities } });
  const { sessionId, capabilities: granted } = started as {
    sessionId: string;
    capabilities: Session['capabilities'];
  };
  const at = `${driver}/session/${sessionId}`;
  return {
    get: (path) => command(at, 'GET', path),
    post: (path, body = {}) => command(at, 'POST', path, body),
    delete: (path) => command(at, 'DELETE', path),
    capabilities: granted,
  };
}

async function command(base: string, method: string, path: string, body?: object): Promise<unknown> {
  const response = await fetch(base + path, { method, body: body ? JSON.stringify(body) : null });
  const { value } = (await response.json()) as { value: { error?: string; message?: string } };
  if (!response.ok) throw new Error(`${method} ${path}: ${value.error}: ${value.message}`);
  return value;
}
