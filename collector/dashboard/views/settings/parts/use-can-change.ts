import { mayManage, useSession } from '../../../session/session.js';

/** Whether buttons that change something are offered. */
export function useCanChange(): boolean {
  return mayManage(useSession());
}
