import { useFootfall } from './footfall';

function breakOnPurpose(): never {
  throw new Error('broken on purpose');
}

export function App() {
  const footfall = useFootfall();
  return (
    <main>
      <button type="button" id="prices" onClick={() => history.pushState({}, '', '/prices')}>
        Prices
      </button>
      <button type="button" id="signup" onClick={() => footfall.track('signup', { plan: 'team' })}>
        Sign up
      </button>
      <button type="button" id="break" onClick={breakOnPurpose}>
        Break
      </button>
    </main>
  );
}
