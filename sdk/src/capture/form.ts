import { isSensitiveField } from '@footfall/schema/redact-name';
import type { Capture, FormField, FormProps, Tracker } from '../options.js';

export type FormOptions = {
  /** Names of fields whose values may be sent. Passwords, payment data and the like never are. */
  allowFields?: string[] | undefined;
};

type Control = HTMLInputElement | HTMLSelectElement | HTMLTextAreaElement;

const maxFields = 100;
const maxNameChars = 100;
const maxValueChars = 500;

/** Buttons are not filled in, and hidden inputs not by a person. */
const skippedTypes = /^(hidden|submit|button|reset|image)$/;

/** Records that a form was submitted and which fields were filled, without what they hold. */
export function form({ allowFields = [] }: FormOptions = {}): Capture {
  return (tracker) => {
    function fieldOf(control: Control): FormField {
      const { name, id, type, value } = control;
      const filled = 'checked' in control && /^(checkbox|radio)$/.test(type) ? control.checked : value !== '';
      const sent = filled && allowFields.includes(name) && !isSensitiveField(attributesOf(control));
      return {
        name: tracker.text(name || id, maxNameChars),
        type,
        filled,
        value: sent ? tracker.text(value, maxValueChars) : undefined,
      };
    }

    tracker.listen(document, 'submit', ({ target }) => {
      if (!(target instanceof HTMLFormElement)) return;
      const fields = oneForEachQuestion(controlsOf(target)).map(fieldOf);
      tracker.send({ type: 'form_submit', props: propsOf(target, { fields, tracker }) });
    });
  };
}

function propsOf(target: Element, { fields, tracker }: { fields: FormField[]; tracker: Tracker }): FormProps {
  // A control named `action` hides the property of the form, but not its attribute.
  const attribute = (name: string) => Element.prototype.getAttribute.call(target, name) ?? '';
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

/** The elements are asked of the prototype for the same reason; they include those outside that name the form. */
function controlsOf(target: HTMLFormElement): Control[] {
  const elements: unknown = Reflect.get(HTMLFormElement.prototype, 'elements', target);
  return elements instanceof HTMLFormControlsCollection ? [...elements].filter(isFilledByPeople) : [];
}

function isFilledByPeople(element: Element): element is Control {
  return element.matches('input,select,textarea') && !skippedTypes.test(element.getAttribute('type') ?? '');
}

/** Radio buttons of one name are one question, answered by the one that is checked. */
function oneForEachQuestion(controls: Control[]): Control[] {
  const questions = new Map<unknown, Control>();
  for (const control of controls) {
    const isRadio = control.type === 'radio';
    const key = isRadio ? control.name : control;
    const isAnswer = isRadio && 'checked' in control && control.checked;
    if (isAnswer || !questions.has(key)) questions.set(key, control);
  }
  return [...questions.values()];
}

function attributesOf({ name, id, type, autocomplete, attributes }: Control) {
  return { name, id, type, autocomplete, placeholder: attributes.getNamedItem('placeholder')?.value };
}
