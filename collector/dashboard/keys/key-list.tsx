import { useState } from 'preact/hooks';
import { Dialog } from '../ui/dialog.js';
import { type Shortcut, useShortcutList, useShortcuts } from './keyboard.js';

const arrows: Record<string, string> = { ArrowLeft: '←', ArrowRight: '→', Escape: 'Esc' };

/** "?" shows all keys that do something on the page. */
export function KeyList() {
  const [isOpen, setOpen] = useState(false);
  const shortcuts = useShortcutList();
  useShortcuts([{ key: '?', title: 'Show this list', group: 'Page', run: () => setOpen(true) }]);
  const groups = [...new Set(shortcuts.map(({ group }) => group))];
  return (
    <Dialog title="Keyboard" isOpen={isOpen} onClose={() => setOpen(false)}>
      <div class="key-groups">
        {groups.map((group) => (
          <KeyGroup key={group} title={group} shortcuts={shortcuts.filter((one) => one.group === group)} />
        ))}
      </div>
    </Dialog>
  );
}

function KeyGroup({ title, shortcuts }: { title: string; shortcuts: readonly Shortcut[] }) {
  return (
    <section>
      <h3>{title}</h3>
      <dl class="keys">
        {shortcuts.map(({ key, title: what }) => (
          <div key={key}>
            <dt>
              <kbd>{arrows[key] ?? key.toUpperCase()}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
