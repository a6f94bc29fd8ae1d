import { isSensitiveField } from '@footfall/schema/redact-name';
import type { Capture, FormEventType, FormField, FormProps, Tracker } from '../options.js';
import { attributeOf, elementsOf } from './describe.js';
import { watchCalls } from './watch-calls.js';

export type FormOptions = {
  /** Names of fields whose values may be sent on submit. Passwords, payment data and the like never are. */
  allowFields?: string[] | undefined;
};

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;
type Progress = { since: number | undefined; lastField: string };

const maxFields = 100;
const maxNameChars = 100;
const maxValueChars = 500;
const searchMs = 500;

/** Buttons are not filled in, and hidden inputs not by a person. */
const filledByPeople =
  'input:not([type=button],[type=submit],[type=hidden],[type=reset],[type=image]),textarea,select';

/**
 * Records forms that were seen, begun, submitted and left unfinished, with their fields and which of them were filled,
 * without what they hold. A form owns the controls outside of it that name it.
 */
export function form({ allowFields = [] }: FormOptions = {}): Capture {
  return (tracker) => {
    let seen = new WeakSet<Element>();
    const begun = new Map<Element, Progress>();

    function send(type: FormEventType, target: Element, { since, lastField }: Partial<Progress> = {}): void {
      const fields = fieldsOf(target, type === 'form_submit' ? allowFields : [], tracker);
      const durationMs = since && Math.round(performance.now() - since);
      tracker.send({ type, props: { ...propsOf(target, fields, tracker), durationMs, lastField } });
    }

    function view(target: Element): void {
      if (seen.has(target)) return;
      seen.add(target);
      send('form_view', target);
    }

    function filled(event: Event): void {
      const control = elementsOf(event).find(isFilledByPeople);
      const owner = control?.form;
      if (!owner) return;
      const progress = begun.get(owner) ?? begin(owner);
      progress.lastField = tracker.text(control.name || control.id, maxNameChars);
    }

    function begin(owner: HTMLFormElement): Progress {
      view(owner);
      send('form_start', owner);
      // The event of a form in a shadow root does not leave it.
      if (owner.getRootNode() instanceof ShadowRoot) tracker.listen('submit', submitted, owner);
      const progress = { since: performance.now(), lastField: '' };
      begun.set(owner, progress);
      return progress;
    }

    function submitted({ target }: Pick<Event, 'target'>): void {
      if (!(target instanceof HTMLFormElement)) return;
      send('form_submit', target, { since: begun.get(target)?.since });
      begun.delete(target);
    }

    function abandonIn(place: Node): void {
      for (const [owner, progress] of begun) {
        if (place !== document && !place.contains(owner)) continue;
        begun.delete(owner);
        send('form_abandon', owner, progress);
      }
    }

    watchForms(tracker, view);
    tracker.listen('input', filled);
    tracker.listen('submit', submitted);
    // A dialog that is closed.
    tracker.listen('close', ({ target }) => target instanceof Element && abandonIn(target));
    tracker.onHide((ends) => ends && abandonIn(document));
    tracker.onPage(() => {
      abandonIn(document);
      seen = new WeakSet();
    });
    // Scripts submit too, as menus do when something is chosen, and that fires no event.
    const called = tracker.guard(
      (target: HTMLFormElement) => void (begun.has(target) && submitted({ target })),
    );
    watchCalls(HTMLFormElement.prototype, 'submit', called);
  };
}

/** Calls back for forms that are in sight, and for the same ones again when a page begins. */
function watchForms({ onPage, guard }: Tracker, view: (target: Element) => void): void {
  function sighted(entries: IntersectionObserverEntry[]): void {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting) continue;
      sight.unobserve(target);
      view(target);
    }
  }

  function search(): void {
    for (const target of document.forms) sight.observe(target);
    growth.observe(document, { childList: true, subtree: true });
  }

  /** Not at every change: a page that renders a long list changes a thousand times in a row. */
  function searchSoon(): void {
    growth.disconnect();
    setTimeout(search, searchMs);
  }

  const sight = new IntersectionObserver(guard(sighted));
  const growth = new MutationObserver(searchSoon);
  search();
  onPage(searchSoon);
}

function fieldsOf(target: Element, allowed: string[], tracker: Tracker): FormField[] {
  function fieldOf(control: Control): FormField {
    const { name, id, type, value } = control;
    const filled = /^(checkbox|radio)$/.test(type) ? isChecked(control) : value !== '';
    const sent = filled && name && allowed.includes(name) && !isSensitiveField(control);
    return {
      name: tracker.text(name || id, maxNameChars),
      type,
      filled,
      value: sent ? tracker.text(value, maxValueChars) : undefined,
    };
  }

  return oneForEachQuestion(controlsOf(target)).map(fieldOf);
}

function propsOf(target: Element, fields: FormField[], tracker: Tracker): FormProps {
  const attribute = (name: string) => attributeOf(target, name);
  return {
    formId: tracker.text(attribute('id'), maxNameChars) || undefined,
    formName: tracker.text(attribute('name'), maxNameChars) || undefined,
    action: tracker.url(attribute('action')),
    method: attribute('method').toLowerCase() || 'get',
    fieldCount: fields.length,
    filledCount: fields.filter(({ filled }) => filled).length,
    fields: fields.slice(0, maxFields),
  };
}

/** The elements are asked of the prototype, since a control may have their name; they include those outside that name the form. */
function controlsOf(target: Element): Control[] {
  const elements: unknown = Reflect.get(HTMLFormElement.prototype, 'elements', target);
  return elements instanceof HTMLFormControlsCollection ? [...elements].filter(isFilledByPeople) : [];
}

function isFilledByPeople(element: Element): element is Control {
  return element.matches(filledByPeople);
}

/** Radio buttons of one name are one question, answered by the one that is checked. */
function oneForEachQuestion(controls: Control[]): Control[] {
  const questions = new Map<unknown, Control>();
  for (const control of controls) {
    const key = control.type === 'radio' ? control.name : control;
    if (!questions.has(key) || isChecked(control)) questions.set(key, control);
  }
  return [...questions.values()];
}

function isChecked(control: Control): boolean {
  return 'checked' in control && control.checked;
}
