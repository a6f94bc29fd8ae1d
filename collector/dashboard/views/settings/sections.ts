import type { View } from '../view.js';

export type SectionGroup = { title: string; sections: readonly View[] };

/** What can be set, by what it is about. A section is a file here and a line there, and is loaded when it is opened. */
export const sectionGroups: readonly SectionGroup[] = [
  {
    title: 'Site',
    sections: [
      { path: 'site', title: 'Site', load: () => import('./site.js'), isManagement: true },
      { path: 'snippet', title: 'Snippet', load: () => import('./snippet.js'), isManagement: true },
      { path: 'own-visits', title: 'Own visits', load: () => import('./own-visits.js') },
    ],
  },
  {
    title: 'Measuring',
    sections: [
      { path: 'goals', title: 'Goals', load: () => import('./goals.js') },
      { path: 'segments', title: 'Segments', load: () => import('./segments.js') },
      { path: 'funnels', title: 'Saved funnels', load: () => import('./saved-funnels.js') },
      { path: 'experiments', title: 'Experiments', load: () => import('./experiments.js') },
    ],
  },
  {
    title: 'Telling',
    sections: [
      { path: 'alerts', title: 'Alerts', load: () => import('./alerts.js') },
      { path: 'mail', title: 'Mail reports', load: () => import('./mail-reports.js') },
      { path: 'shares', title: 'Share links', load: () => import('./shares.js'), isManagement: true },
    ],
  },
  {
    title: 'Access',
    sections: [
      { path: 'people', title: 'People', load: () => import('./people.js'), isManagement: true },
      { path: 'keys', title: 'Keys', load: () => import('./keys.js'), isManagement: true },
      { path: 'audit', title: 'Audit log', load: () => import('./audit.js'), isManagement: true },
    ],
  },
  {
    title: 'Data',
    sections: [
      { path: 'retention', title: 'Retention', load: () => import('./retention.js') },
      { path: 'privacy', title: 'Privacy', load: () => import('./privacy.js'), isManagement: true },
      { path: 'replay', title: 'Replay', load: () => import('./replay.js'), isManagement: true },
    ],
  },
];
