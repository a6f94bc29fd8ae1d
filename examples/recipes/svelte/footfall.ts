import { init } from '@footfall/sdk';
import type { Attachment } from 'svelte/attachments';
import { options } from '../options';

export const footfall = init(options);

/** `<button {@attach tracked('signup', { plan: 'team' })}>`: an event for each click. */
export function tracked(...values: Parameters<typeof footfall.track>): Attachment {
  return (element) => {
    const track = () => footfall.track(...values);
    element.addEventListener('click', track);
    return () => element.removeEventListener('click', track);
  };
}
