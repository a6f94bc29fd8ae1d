import { type Footfall, init, type Options } from '@footfall/sdk';
import { createContext, type ReactNode, useContext, useState } from 'react';

const Context = createContext<Footfall>(init({ site: '', endpoint: '' }));

/** Starts once: `init` returns what runs already, also under Strict Mode, which mounts everything twice. */
export function FootfallProvider({ options, children }: { options: Options; children: ReactNode }) {
  const [footfall] = useState(() => init(options));
  return <Context value={footfall}>{children}</Context>;
}

export const useFootfall = () => useContext(Context);
