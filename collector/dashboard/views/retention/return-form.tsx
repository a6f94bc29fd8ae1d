import { useState } from 'preact/hooks';
import { go } from '../../state/address.js';
import type { Scope } from '../../state/scope.js';
import { type EventMatch, type MatchDraft, toDraft, toMatch } from '../event-match.js';
import { MatchFields } from '../match-fields.js';

type Props = { scope: Scope; start: EventMatch | undefined; back: EventMatch | undefined };

/** What makes a visitor a member of a cohort, and what counts as coming back; nothing typed is any visit. */
export function ReturnForm({ scope, start, back }: Props) {
  const [first, setFirst] = useState(toDraft(start ?? {}));
  const [later, setLater] = useState(toDraft(back ?? {}));
  return (
    <form
      class="form"
      onSubmit={(event) => {
        event.preventDefault();
        go({ start: write(first), return: write(later) });
      }}
    >
      <div class="field-row">
        <fieldset class="return-part">
          <legend>Starts with (the first visit, if empty)</legend>
          <MatchFields scope={scope} title="Start" draft={first} onChange={setFirst} isRequired={false} />
        </fieldset>
        <fieldset class="return-part">
          <legend>Comes back with (any visit, if empty)</legend>
          <MatchFields scope={scope} title="Return" draft={later} onChange={setLater} isRequired={false} />
        </fieldset>
      </div>
      <div>
        <button type="submit" class="button primary">
          Apply
        </button>
      </div>
    </form>
  );
}

function write(draft: MatchDraft): string | null {
  return draft.text.trim() === '' ? null : JSON.stringify(toMatch(draft));
}
