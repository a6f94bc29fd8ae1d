import {
  AuthorizationResponseError,
  allowInsecureRequests,
  authorizationCodeGrant,
  buildAuthorizationUrl,
  ClientError,
  type Configuration,
  calculatePKCECodeChallenge,
  discovery,
  enableNonRepudiationChecks,
  fetchUserInfo,
  randomNonce,
  randomPKCECodeVerifier,
  randomState,
} from 'openid-client';

export type OidcSettings = {
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** What the button of the sign-in page says. */
  name: string;
};

/** What the browser keeps while the person is at the provider. */
export type PendingSignIn = { state: string; nonce: string; verifier: string };

/** What the provider says of a person. */
export type Identity = { email: string | undefined; isVerified: boolean };

/** Why a sign-in failed: the provider is away, the person or the provider said no, or the answer is not to be believed. */
export type OidcFailure = 'unavailable' | 'denied' | 'rejected';

export type OidcProvider = {
  /** Where to send the person, and what to keep until the return. */
  begin(): Promise<{ url: URL; pending: PendingSignIn }>;
  /** Who has come back. @param query of the request, with its question mark */
  finish(query: string, pending: PendingSignIn): Promise<Identity>;
};

const timeoutSeconds = 10;
const scope = 'openid email';
const unavailable = new Set<unknown>([
  'OAUTH_TIMEOUT',
  'OAUTH_RESPONSE_IS_NOT_CONFORM',
  'OAUTH_RESPONSE_IS_NOT_JSON',
]);

/**
 * The authorization code flow with PKCE, state and nonce. The provider is looked up at the first sign-in, so that a
 * collector starts without it; both methods throw what the library throws.
 */
export function createOidcProvider(settings: OidcSettings, redirectUri: string): OidcProvider {
  let known: Promise<Configuration> | undefined;

  function configure(): Promise<Configuration> {
    known ??= discover(settings).catch((error: unknown) => {
      known = undefined;
      throw error;
    });
    return known;
  }

  return {
    async begin() {
      const configuration = await configure();
      const pending = { state: randomState(), nonce: randomNonce(), verifier: randomPKCECodeVerifier() };
      const url = buildAuthorizationUrl(configuration, {
        redirect_uri: redirectUri,
        scope,
        state: pending.state,
        nonce: pending.nonce,
        code_challenge: await calculatePKCECodeChallenge(pending.verifier),
        code_challenge_method: 'S256',
      });
      return { url, pending };
    },
    async finish(query, { state, nonce, verifier }) {
      const configuration = await configure();
      const tokens = await authorizationCodeGrant(configuration, new URL(query, redirectUri), {
        expectedState: state,
        expectedNonce: nonce,
        pkceCodeVerifier: verifier,
        idTokenExpected: true,
      });
      const claims = tokens.claims();
      if (!claims) throw new Error('oidc-provider: expected an id token');
      // Some put into the token what identifies alone.
      const { email, email_verified: isVerified } =
        claims.email === undefined && configuration.serverMetadata().userinfo_endpoint !== undefined
          ? await fetchUserInfo(configuration, tokens.access_token, claims.sub)
          : claims;
      return { email: typeof email === 'string' ? email : undefined, isVerified: isVerified === true };
    },
  };
}

function discover({ issuer, clientId, clientSecret }: OidcSettings): Promise<Configuration> {
  const isPlain = issuer.startsWith('http:');
  return discovery(new URL(issuer), clientId, clientSecret, undefined, {
    timeout: timeoutSeconds,
    execute: [enableNonRepudiationChecks, ...(isPlain ? [allowInsecureRequests] : [])],
  });
}

/** What a failure of a provider's method means for the person. */
export function classifyOidcFailure(error: unknown): OidcFailure {
  if (error instanceof AuthorizationResponseError) return 'denied';
  if (error instanceof ClientError) return unavailable.has(error.code) ? 'unavailable' : 'rejected';
  return error instanceof TypeError ? 'unavailable' : 'rejected';
}
