import { generateKeyPairSync } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Provider from 'oidc-provider';

/** What the provider knows of a person; the account is named by `sub`. */
export type Person = { sub: string; email?: string; email_verified?: boolean };

export type TestProvider = {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** Who sits at the browser; nobody refuses. */
  choose(person: Person | undefined): void;
  stop(): Promise<void>;
};

const ttlSeconds = 600;

/** An OpenID provider on this machine, in which a login is a redirect: who sits there is set by the test. */
export async function startOidcProvider({
  redirectUri,
  claimsInToken,
}: {
  redirectUri: string;
  /** The address is in the id token, and not at the userinfo endpoint alone. */
  claimsInToken: boolean;
}): Promise<TestProvider> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const client = { client_id: 'footfall', client_secret: 'the secret of the client' };
  const people = new Map<string, Person>();
  let present: Person | undefined;

  const provider = new Provider(issuer, {
    clients: [{ ...client, redirect_uris: [redirectUri] }],
    jwks: {
      keys: [generateKeyPairSync('rsa', { modulusLength: 2048 }).privateKey.export({ format: 'jwk' })],
    },
    cookies: { keys: ['for this test'] },
    claims: { openid: ['sub'], email: ['email', 'email_verified'] },
    conformIdTokenClaims: !claimsInToken,
    // Said here, each is one notice less in the output.
    ttl: {
      Interaction: ttlSeconds,
      Grant: ttlSeconds,
      Session: ttlSeconds,
      AccessToken: ttlSeconds,
      IdToken: ttlSeconds,
    },
    features: { devInteractions: { enabled: false } },
    interactions: { url: (_, { uid }) => `/interaction/${uid}` },
    findAccount: (_, sub) => ({ accountId: sub, claims: async () => ({ ...people.get(sub), sub }) }),
    async loadExistingGrant(ctx) {
      const accountId = ctx.oidc.session?.accountId;
      const clientId = ctx.oidc.client?.clientId;
      if (accountId === undefined || clientId === undefined) return undefined;
      const grant = new ctx.oidc.provider.Grant({ accountId, clientId });
      grant.addOIDCScope('openid email');
      await grant.save();
      return grant;
    },
  });
  const answer = provider.callback();
  server.on('request', (request, response) => {
    if (!request.url?.startsWith('/interaction/')) return answer(request, response);
    const result = present ? { login: { accountId: present.sub } } : { error: 'access_denied' };
    return provider.interactionFinished(request, response, result, { mergeWithLastSubmission: false });
  });

  return {
    issuer,
    clientId: client.client_id,
    clientSecret: client.client_secret,
    choose(person) {
      present = person;
      if (person) people.set(person.sub, person);
    },
    stop() {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}
