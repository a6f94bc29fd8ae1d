import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ApiError } from './api/api-error.js';
import { toApiError } from './api/client.js';
import { linkToken } from './api/credentials.js';
import { ComparisonPicker } from './bar/comparison-picker.js';
import { AddFilter, FilterBar } from './bar/filter-bar.js';
import { PeriodPicker } from './bar/period-picker.js';
import { TopBar } from './bar/top-bar.js';
import { KeyList } from './keys/key-list.js';
import { LoginForms, LoginScreen, OverScreen, UnlockScreen } from './session/login-screen.js';
import { mayManage, openSession, useSession } from './session/session.js';
import { useAddress, useParameter } from './state/address.js';
import { type Scope, useScope } from './state/scope.js';
import { Dialog } from './ui/dialog.js';
import { EmptyState, ErrorState } from './ui/states.js';
import { ViewFrame } from './views/view-frame.js';
import { findView, type View } from './views/views.js';

/** Who is there, then the page. */
export function App() {
  const { status } = useSession();
  const { error, open } = useOpening();
  if (error) return <ErrorState error={error} retry={open} />;
  if (status === 'unknown') return null;
  if (status === 'out') return <LoginScreen />;
  if (status === 'locked') return <UnlockScreen />;
  if (status === 'over') return <OverScreen />;
  return (
    <>
      <Page />
      <Dialog
        title="Your session has ended"
        isOpen={status === 'ended'}
        isClosable={false}
        onClose={() => {}}
      >
        <p class="hint">Sign in again: what you have typed is still there.</p>
        <LoginForms />
      </Dialog>
    </>
  );
}

function useOpening() {
  const [error, setError] = useState<ApiError>();
  const open = () => {
    setError(undefined);
    openSession().catch((reason: unknown) => setError(toApiError(reason)));
  };
  useEffect(open, []);
  return { error, open };
}

function Page() {
  const scope = useScope();
  const isEmbedded = useParameter('embed') !== undefined && linkToken !== undefined;
  const address = useAddress();
  const view = findView(useParameter('view'), useSession());
  if (!scope) return <NoSite />;
  return (
    <>
      <a class="skip" href="#content">
        Skip to the numbers
      </a>
      {!isEmbedded && <TopBar scope={scope} view={view} />}
      {hasPeriod(view, address) && <ScopeBar scope={scope} view={view} />}
      <main id="content" tabIndex={-1}>
        <h1 class="unseen">
          {view.title} of {scope.site.name}
        </h1>
        <ViewFrame view={view} scope={scope} />
      </main>
      <KeyList />
    </>
  );
}

function hasPeriod({ hasNoPeriod }: View, address: URLSearchParams): boolean {
  return typeof hasNoPeriod === 'object' ? !address.has(hasNoPeriod.while) : hasNoPeriod !== true;
}

/** Who may make sites makes the first one here. */
function NoSite() {
  const [Form, setForm] = useState<ComponentType>();
  const session = useSession();
  const mayAdd = mayManage(session) && session.allSites;
  useEffect(() => {
    if (mayAdd) void import('./views/settings/first-site.js').then((loaded) => setForm(() => loaded.default));
  }, [mayAdd]);
  return (
    <main id="content" tabIndex={-1}>
      {Form ? (
        <Form />
      ) : (
        <EmptyState title="There is no site to show">
          <p>Ask an owner for access, or make a site with: npx footfall site add</p>
        </EmptyState>
      )}
    </main>
  );
}

function ScopeBar({ scope, view }: { scope: Scope; view: View }) {
  return (
    <section class="scope-bar" aria-label="Filters and period">
      <div class="scope-line">
        {!view.hasNoFilters && <AddFilter scope={scope} />}
        <span class="grow" />
        {view.isCompared && <ComparisonPicker {...scope} />}
        <PeriodPicker {...scope} />
      </div>
      {!view.hasNoFilters && <FilterBar scope={scope} />}
    </section>
  );
}
