import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { Scope } from '../state/scope.js';
import { EmptyState, LoadingState } from '../ui/states.js';
import type { View, ViewProps } from './view.js';

type Loaded = { view: View; Content: ComponentType<ViewProps> };

/** Loads the code of a view when it is opened, and draws it. */
export function ViewFrame({ view, scope }: { view: View; scope: Scope }) {
  const [loaded, setLoaded] = useState<Loaded>();
  const [failed, setFailed] = useState<View>();
  useEffect(() => {
    let isWanted = true;
    view.load().then(
      ({ default: Content }) => isWanted && setLoaded({ view, Content }),
      () => isWanted && setFailed(view),
    );
    document.title = `${view.title} · ${scope.site.name} · Footfall`;
    return () => {
      isWanted = false;
    };
  }, [view, scope.site.name]);
  if (failed === view) return <NotLoaded />;
  if (loaded?.view !== view) return <LoadingState rows={8} />;
  return <loaded.Content scope={scope} />;
}

// The likeliest reason: the collector was updated since, and the files of the version before are gone.
function NotLoaded() {
  return (
    <EmptyState title="This view could not be loaded">
      <p>The collector may have been updated. Reload the page.</p>
      <button type="button" class="button primary" onClick={() => location.reload()}>
        Reload
      </button>
    </EmptyState>
  );
}
