import type { ComponentChildren } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ApiError } from '../api/api-error.js';
import { requestOnce, toApiError } from '../api/client.js';
import { FormError, TextField } from '../ui/field.js';
import { Mark } from '../ui/icons.js';
import { type LoginMethods, setPassword, signIn, signInWithKey, unlockShare } from './session.js';

/** Asks for the password of a share link. */
export function UnlockScreen() {
  const [password, setTyped] = useState('');
  const { error, isSending, onSubmit } = useSubmit(() => unlockShare(password));
  return (
    <LoginFrame>
      <form class="form" onSubmit={onSubmit}>
        <TextField
          label="Password of the link"
          type="password"
          required
          autocomplete="off"
          value={password}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        <FormError message={error?.message} hint={error?.hint} />
        <button type="submit" class="button primary" disabled={isSending}>
          Open
        </button>
      </form>
    </LoginFrame>
  );
}

/** Says that a share link shows nothing any more. */
export function OverScreen() {
  return (
    <LoginFrame>
      <p>This link has expired, was revoked, or was not copied as a whole. Ask for another.</p>
    </LoginFrame>
  );
}

function LoginFrame({ children }: { children: ComponentChildren }) {
  return (
    <main class="login">
      <div class="login-card">
        <h1 class="login-title">
          <Mark />
          Footfall
        </h1>
        {children}
      </div>
    </main>
  );
}

/** Asks who is there. A link of an invitation or a reset carries its token in the fragment, which no server sees. */
export function LoginScreen() {
  const [token, setToken] = useState(readToken);
  return (
    <LoginFrame>
      {token === undefined ? (
        <LoginForms />
      ) : (
        <PasswordForm
          token={token}
          onDone={() => {
            history.replaceState(null, '', location.pathname + location.search);
            setToken(undefined);
          }}
        />
      )}
    </LoginFrame>
  );
}

function readToken(): string | undefined {
  return new URLSearchParams(location.hash.slice(1)).get('password') ?? undefined;
}

/** Why the other service let nobody in: what the collector put behind the # of the address. */
const problems: Record<string, string> = {
  unavailable: 'The service that signs you in did not answer. Try again.',
  denied: 'The sign-in was cancelled.',
  rejected: 'The answer of the service was not valid. Try again.',
  unverified: 'The service has not verified your email address.',
  unknown: 'There is no account for your email address. Ask an owner to invite you.',
};

function readProblem(): string | undefined {
  const code = new URLSearchParams(location.hash.slice(1)).get('sign-in');
  return code === null ? undefined : (problems[code] ?? 'The sign-in failed.');
}

/** Sign in by password, by another service or by a key: also in the dialog over a page whose session has ended. */
export function LoginForms() {
  const methods = useLoginMethods();
  const [choice, setUsesKey] = useState<boolean>();
  if (!methods) return null;
  if (choice ?? (methods.firstOwner || !methods.password))
    return <KeyForm methods={methods} onBack={() => setUsesKey(false)} />;
  return (
    <>
      <FormError message={readProblem()} />
      <EmailForm />
      <div class="login-other">
        {methods.oidc && (
          <a class="button wide" href="/login/oidc">
            Sign in with {methods.oidc.name}
          </a>
        )}
        <button type="button" class="button quiet wide" onClick={() => setUsesKey(true)}>
          Use a secret key
        </button>
      </div>
    </>
  );
}

// Whatever went wrong, the form says so when it is sent.
const usualMethods: LoginMethods = { password: true, oidc: null, firstOwner: false };

function useLoginMethods(): LoginMethods | undefined {
  const [methods, setMethods] = useState<LoginMethods>();
  useEffect(() => {
    requestOnce<LoginMethods>('/api/v1/login/methods').then(setMethods, (error: unknown) => {
      toApiError(error);
      setMethods(usualMethods);
    });
  }, []);
  return methods;
}

/** Sends a form, and keeps why it failed. */
function useSubmit(work: () => Promise<void>) {
  const [error, setError] = useState<ApiError>();
  const [isSending, setSending] = useState(false);
  const onSubmit = (event: Event) => {
    event.preventDefault();
    setSending(true);
    setError(undefined);
    work()
      .catch((reason: unknown) => setError(toApiError(reason)))
      .finally(() => setSending(false));
  };
  return { error, isSending, onSubmit };
}

function EmailForm() {
  const [email, setEmail] = useState('');
  const [password, setTyped] = useState('');
  const { error, isSending, onSubmit } = useSubmit(() => signIn(email, password));
  return (
    <form class="form" onSubmit={onSubmit}>
      <TextField
        label="Email"
        type="email"
        required
        autocomplete="username"
        value={email}
        onInput={(event) => setEmail(event.currentTarget.value)}
      />
      <TextField
        label="Password"
        type="password"
        required
        autocomplete="current-password"
        value={password}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      <FormError message={error?.message} hint={error?.hint} />
      <button type="submit" class="button primary" disabled={isSending}>
        Sign in
      </button>
    </form>
  );
}

function KeyForm({ methods, onBack }: { methods: LoginMethods; onBack(): void }) {
  const [key, setKey] = useState('');
  const { error, isSending, onSubmit } = useSubmit(() => signInWithKey(key.trim()));
  return (
    <form class="form" onSubmit={onSubmit}>
      <TextField
        label="Secret key"
        type="password"
        required
        placeholder="ff_…"
        autocomplete="off"
        spellcheck={false}
        hint="Kept in this tab, and forgotten when you close it."
        value={key}
        onInput={(event) => setKey(event.currentTarget.value)}
      />
      <FormError message={error?.message} hint={error?.hint} />
      <button type="submit" class="button primary" disabled={isSending}>
        Sign in
      </button>
      <p class="hint">
        The collector printed an owner key when it first started; <code>npx footfall key create</code> makes
        another.
        {methods.firstOwner && (
          <>
            {' '}
            Nobody has an account yet: <code>npx footfall user add EMAIL --role owner</code> makes the first
            one.
          </>
        )}
      </p>
      <button type="button" class="button quiet" onClick={onBack}>
        Use an email address
      </button>
    </form>
  );
}

const minPasswordChars = 12;

function PasswordForm({ token, onDone }: { token: string; onDone(): void }) {
  const [password, setTyped] = useState('');
  const { error, isSending, onSubmit } = useSubmit(() => setPassword(token, password).then(onDone));
  return (
    <form class="form" onSubmit={onSubmit}>
      <TextField
        label="New password"
        type="password"
        required
        minLength={minPasswordChars}
        autocomplete="new-password"
        hint={`At least ${minPasswordChars} characters.`}
        value={password}
        onInput={(event) => setTyped(event.currentTarget.value)}
      />
      <FormError message={error?.message} hint={error?.hint} />
      <button type="submit" class="button primary" disabled={isSending}>
        Set the password
      </button>
    </form>
  );
}
