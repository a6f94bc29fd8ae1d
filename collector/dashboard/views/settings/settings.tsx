import '../report.css';
import './settings.css';
import { useEffect, useRef } from 'preact/hooks';
import { useSession } from '../../session/session.js';
import { type AddressChange, addressWith, follow, useParameter } from '../../state/address.js';
import { maySee, type View, type ViewProps } from '../view.js';
import { ViewFrame } from '../view-frame.js';
import { sectionGroups } from './sections.js';

// What a section has in the address is its own.
const sectionChange = (path: string): AddressChange => ({
  section: path,
  ...Object.fromEntries(['actor', 'action', 'since', 'until', 'scope'].map((name) => [name, null])),
});

/** Pages that manage a site and who may do what; those who only read see what is set. */
export default function Settings({ scope }: ViewProps) {
  const session = useSession();
  const path = useParameter('section');
  const groups = sectionGroups
    .map(({ title, sections }) => ({ title, sections: sections.filter((one) => maySee(one, session)) }))
    .filter(({ sections }) => sections.length > 0);
  const sections = groups.flatMap((group) => group.sections);
  const section = sections.find((one) => one.path === path) ?? sections[0];
  const nav = useCurrentInSight(section);
  if (!section) return null;
  return (
    <div class="settings">
      <nav class="settings-nav" aria-label="Settings" ref={nav}>
        {groups.map((group) => (
          <div key={group.title} class="settings-group">
            <p class="settings-title">{group.title}</p>
            <ul>
              {group.sections.map((one) => (
                <li key={one.path}>
                  <SectionLink section={one} isCurrent={one === section} />
                </li>
              ))}
            </ul>
          </div>
        ))}
      </nav>
      <div class="settings-content">
        <ViewFrame key={scope.site.site} view={section} scope={scope} />
      </div>
    </div>
  );
}

// On a phone the links are one line that scrolls.
function useCurrentInSight(section: View | undefined) {
  const nav = useRef<HTMLElement>(null);
  useEffect(() => {
    nav.current?.querySelector('[aria-current]')?.scrollIntoView({ inline: 'center', block: 'nearest' });
  }, [section]);
  return nav;
}

function SectionLink({ section: { path, title }, isCurrent }: { section: View; isCurrent: boolean }) {
  const change = sectionChange(path);
  return (
    <a
      class="settings-link"
      href={addressWith(change)}
      aria-current={isCurrent ? 'page' : undefined}
      onClick={(event) => follow(event, change)}
    >
      {title}
    </a>
  );
}
