import type { Session } from '../../../session/session.js';
import { type Draft, entriesOf, type Field, textOf } from './fields.js';

/** Which sites somebody or a key reaches: all, or those that are ticked. */
export function reachFields({ operator, sites }: Session): Field[] {
  const mayAll = operator === null || operator.sites === 'all';
  const options = [
    { value: 'some', title: 'Some sites' },
    ...(mayAll ? [{ value: 'all', title: 'All sites, also those to come' }] : []),
  ];
  return [
    { name: 'reach', label: 'Reaches', kind: 'choice', options },
    {
      name: 'sites',
      label: 'Sites',
      kind: 'checks',
      options: sites.map(({ site, name }) => ({ value: site, title: name })),
      isShown: (draft) => textOf(draft, 'reach') === 'some',
    },
  ];
}

/** The sites of a form with these fields; undefined for all of them. */
export function reachOf(draft: Draft): string[] | undefined {
  return textOf(draft, 'reach') === 'all' ? undefined : entriesOf(draft, 'sites');
}

/** The roles that somebody may give, with what each may do. */
export function rolesBelow(role: string, titles: Record<string, string>) {
  return Object.entries(titles)
    .filter(([value]) => value !== 'owner' || role === 'owner')
    .map(([value, title]) => ({ value, title }));
}
