'use client';

import { SignUp } from './SignUp';

function breakOnPurpose(): never {
  throw new Error('broken on purpose');
}

export default function Page() {
  return (
    <main>
      <button type="button" id="prices" onClick={() => history.pushState({}, '', '/prices')}>
        Prices
      </button>
      <SignUp />
      <button type="button" id="break" onClick={breakOnPurpose}>
        Break
      </button>
    </main>
  );
}
