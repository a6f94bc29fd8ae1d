import { useEffect, useRef } from 'preact/hooks';
import { reloadAll } from '../api/reloads.js';
import { useShortcuts } from '../keys/keyboard.js';
import { type Session, signOut, useSession } from '../session/session.js';
import { addressWith, follow } from '../state/address.js';
import type { Scope } from '../state/scope.js';
import { chooseTheme, themes, useTheme } from '../theme/theme.js';
import { CheckIcon, Mark } from '../ui/icons.js';
import { Menu } from '../ui/menu.js';
import { maySee, type View, viewChange, views } from '../views/views.js';
import { CurrentVisitors } from './current-visitors.js';
import { SiteSwitch } from './site-switch.js';

/** The head of every page: the site, the views and who has signed in. */
export function TopBar({ scope, view }: { scope: Scope; view: View }) {
  const session = useSession();
  const links = useRef<HTMLElement>(null);
  useEffect(() => {
    const current = links.current?.querySelector('[aria-current]');
    current?.scrollIntoView({ inline: 'nearest', block: 'nearest' });
  }, [view]);
  useShortcuts([{ key: 'r', title: 'Ask again', group: 'Page', run: reloadAll }]);
  return (
    <header class="top">
      <div class="top-line">
        <a
          class="brand"
          href={addressWith(viewChange(''))}
          onClick={(event) => follow(event, viewChange(''))}
        >
          <Mark />
          <span class="unseen">Footfall: first screen</span>
        </a>
        <SiteSwitch site={scope.site} />
        <CurrentVisitors key={scope.site.site} scope={scope} />
        <span class="grow" />
        <AccountMenu session={session} />
      </div>
      <nav class="views" aria-label="Views" ref={links}>
        {views
          .filter((one) => maySee(one, session))
          .map((one) => (
            <a
              key={one.path}
              class="view-link"
              href={addressWith(viewChange(one.path))}
              aria-current={one === view ? 'page' : undefined}
              onClick={(event) => follow(event, viewChange(one.path))}
            >
              {one.title}
            </a>
          ))}
      </nav>
    </header>
  );
}

const themeNames = { system: 'As the device', light: 'Light', dark: 'Dark' };

function AccountMenu({ session: { operator, role } }: { session: Session }) {
  const theme = useTheme();
  return (
    <Menu
      title="Account and appearance"
      face={operator?.name || operator?.email || 'Menu'}
      kind="account at-end"
    >
      {(close) => (
        <>
          <p class="menu-title">Appearance</p>
          <ul class="menu-list">
            {themes.map((name) => (
              <li key={name}>
                <button
                  type="button"
                  class="menu-item"
                  aria-pressed={name === theme}
                  onClick={() => chooseTheme(name)}
                >
                  <span>{themeNames[name]}</span>
                  {name === theme && <CheckIcon />}
                </button>
              </li>
            ))}
          </ul>
          {role !== 'share' && (
            <div class="menu-foot">
              <button
                type="button"
                class="menu-item"
                onClick={() => {
                  close();
                  void signOut();
                }}
              >
                {operator ? 'Sign out' : 'Forget the key'}
              </button>
            </div>
          )}
        </>
      )}
    </Menu>
  );
}
