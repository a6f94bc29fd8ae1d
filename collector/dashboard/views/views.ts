import type { Session } from '../session/session.js';
import { maySee, type View } from './view.js';

export { maySee, type View, type ViewProps } from './view.js';

/** All views, in the order of the navigation. A view is a folder here and a line there. */
export const views: readonly View[] = [
  { path: '', title: 'Overview', load: () => import('./overview/overview.js'), isCompared: true },
  { path: 'realtime', title: 'Realtime', load: () => import('./realtime/realtime.js'), hasNoPeriod: true },
  { path: 'funnels', title: 'Funnels', load: () => import('./funnels/funnels.js') },
  { path: 'retention', title: 'Retention', load: () => import('./retention/retention.js') },
  { path: 'paths', title: 'Paths', load: () => import('./paths/paths.js') },
  {
    path: 'experiments',
    title: 'Experiments',
    load: () => import('./experiments/experiments.js'),
    hasNoPeriod: true,
    isPrivate: true,
  },
  { path: 'errors', title: 'Errors', load: () => import('./errors/errors.js') },
  { path: 'forms', title: 'Forms', load: () => import('./forms/forms.js') },
  { path: 'web-vitals', title: 'Web vitals', load: () => import('./web-vitals/web-vitals.js') },
  {
    path: 'visitor',
    title: 'Visitor',
    load: () => import('./visitor/visitor.js'),
    hasNoPeriod: { while: 'visitor' },
    isPrivate: true,
  },
  {
    path: 'bots',
    title: 'Bots',
    load: () => import('./bots/bots.js'),
    hasNoFilters: true,
    isPrivate: true,
  },
  {
    path: 'dropped',
    title: 'Dropped',
    load: () => import('./dropped/dropped.js'),
    hasNoFilters: true,
    isPrivate: true,
  },
  {
    path: 'settings',
    title: 'Settings',
    load: () => import('./settings/settings.js'),
    hasNoPeriod: true,
    isPrivate: true,
  },
];

/** The view of a name, the first one for a name that none has that may be seen. */
export function findView(path: string | undefined, session: Session): View {
  const found = views.find((view) => view.path === path && maySee(view, session)) ?? views[0];
  if (!found) throw new Error('views: there is none');
  return found;
}

/** What of an address the choice of a view sets: site, period and filters stay. */
export function viewChange(path: string) {
  const ofOne = { error: null, experiment: null, visitor: null, before: null, section: null, by: null };
  return { view: path === '' ? null : path, details: null, page: null, search: null, ...ofOne };
}
