import { expectTypeOf, it } from 'vitest';
import { type Footfall, init } from '../../src/index.js';

/** An interface, since plans are often written so; it has no index signature. */
interface Signup {
  plan: 'team' | 'solo';
  seats?: number;
}

type Plan = { signup: Signup; search: { words?: string }; logout: undefined };

const options = { site: '', endpoint: 'https://stats.example' };

it('takes the names and the properties of the tracking plan, and no others', () => {
  const footfall = init<Plan>(options);
  footfall.track('signup', { plan: 'team', seats: 3 }, { value: 49, currency: 'EUR' });
  footfall.track('search');
  footfall.track('search', { words: 'maps' });
  footfall.track('logout');
  // @ts-expect-error a name that is not planned
  footfall.track('sign-up', { plan: 'team' });
  // @ts-expect-error a property is missing
  footfall.track('signup');
  // @ts-expect-error a value that is not planned
  footfall.track('signup', { plan: 'free' });
  // @ts-expect-error a property that is not planned
  footfall.track('search', { terms: 'maps' });
  // @ts-expect-error an event without properties
  footfall.track('logout', { reason: 'idle' });
  expectTypeOf(footfall).toEqualTypeOf<Footfall<Plan>>();
});

it('takes every name and every property without a plan', () => {
  const footfall = init(options);
  footfall.track('anything', { at: 'all', deep: { too: [1] } });
  footfall.track('anything', undefined, { value: 1 });
  expectTypeOf(footfall).toEqualTypeOf<Footfall>();
});
