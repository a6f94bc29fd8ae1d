import type { ComponentType } from 'preact';
import { mayManage, type Session } from '../session/session.js';
import type { Scope } from '../state/scope.js';

/** What a view is drawn with: all its numbers are of this scope. */
export type ViewProps = { scope: Scope };

/** A view: its name in the address (`?view=`), its title, and where its code is. */
export type View = {
  path: string;
  title: string;
  load(): Promise<{ default: ComponentType<ViewProps> }>;
  /** Seen by owners and admins alone. */
  isManagement?: true;
  /** It is not of a period, or not while a parameter is in the address: the bar with period and filters is left out. */
  hasNoPeriod?: true | { while: string };
  /** Shows its numbers beside those of another period. */
  isCompared?: true;
  /** Its numbers know no filters: none are offered. */
  hasNoFilters?: true;
  /** Tells of single people, or changes things: not part of a share link. */
  isPrivate?: true;
};

/** Whether whoever has signed in is shown a view. */
export function maySee({ isManagement, isPrivate }: View, session: Session): boolean {
  if (session.role === 'share') return !isPrivate && !isManagement;
  return !isManagement || mayManage(session);
}
