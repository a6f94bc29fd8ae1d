'use client';

import { footfall } from './instrumentation-client';

/** A client component is rendered on the server too, where `footfall` does nothing. */
export function SignUp() {
  return (
    <button type="button" id="signup" onClick={() => footfall.track('signup', { plan: 'team' })}>
      Sign up
    </button>
  );
}
