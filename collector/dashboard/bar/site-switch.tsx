import { useState } from 'preact/hooks';
import { useSession } from '../session/session.js';
import { addressWith, follow } from '../state/address.js';
import type { Site } from '../state/scope.js';
import { CheckIcon } from '../ui/icons.js';
import { Menu } from '../ui/menu.js';

const searchedFrom = 8;
// What is chosen for one site means little on another.
const change = (site: string) => ({ site, f: null, details: null, page: null });

/** Which site the page is of. */
export function SiteSwitch({ site }: { site: Site }) {
  const { sites } = useSession();
  if (sites.length < 2) return <span class="site-name">{site.name}</span>;
  return (
    <Menu title="Site" face={site.name} kind="site-switch">
      {(close) => <SiteList site={site} sites={sites} close={close} />}
    </Menu>
  );
}

function SiteList({ site, sites, close }: { site: Site; sites: readonly Site[]; close(): void }) {
  const [typed, setTyped] = useState('');
  const wanted = typed.trim().toLowerCase();
  const shown = sites.filter(({ site: slug, name }) => `${slug} ${name}`.toLowerCase().includes(wanted));
  return (
    <>
      {sites.length >= searchedFrom && (
        <input
          class="input"
          type="search"
          aria-label="Search sites"
          placeholder="Search"
          value={typed}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
      )}
      <ul class="menu-list">
        {shown.map((one) => (
          <li key={one.site}>
            <a
              class="menu-item"
              href={addressWith(change(one.site))}
              aria-current={one.site === site.site ? 'true' : undefined}
              onClick={(event) => {
                follow(event, change(one.site));
                close();
              }}
            >
              <span>{one.name}</span>
              {one.site === site.site && <CheckIcon />}
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}
