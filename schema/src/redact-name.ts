/** What is known of a form field, or of a property of which only the name is known. */
export type Field = {
  name?: string;
  id?: string;
  type?: string;
  autocomplete?: string;
  placeholder?: string | undefined;
};

/**
 * Sensitive are, in this order: passwords and cards wherever the letters stand; beginnings of words; whole words, with a number;
 * and words that have to end the name, so that `token_count` and `secret_santa_budget` pass.
 */
const sensitive =
  /pass(w|phrase|code)|(credit|debit) ?card|парол|密[码碼]|パスワ|비밀번|\b(kennwort|contrase|senha|mot ?de ?passe|wachtwoord|credential|on card|(card|karten) ?(n[uo]|#|hold|inh|type|exp|cvc)|cc ?(n[aou]|exp|mon|year|type)|(sec(urity)?|swift|sort) ?code|exp(iry|(iration)? ?(date|mon|y|mm))|routing|bank ?acc|account ?n[uo]|social ?sec|sin n|(tax|steuer|national) ?(id|n[uo]|ins)|driv\w+ ?licen|passport|nhs|aadhaar|(pwd?|iban|bic|c([vs]c|[vc]v|vn)|ssn|nino|cpf|cnpj|dni|nif|nie|curp)\d*\b|(pass|pin|t?otp|[2m]fa|secret|\w*token|jwt|auth(orization)?|bearer|[cx]srf|sid|\w*sess(ion)? ?id|(api|access|private) ?key)( ?(value|n(o|r|um\w*)|code|id|key|field|input|confirm\w*|repeat|new|old|\d+))* ?$)/m;

/** True for names such as `user[password]`, `cardNumber`, `api-key`: what they hold is never sent. */
export function isSensitiveName(name: string): boolean {
  const text = name.slice(0, 200);
  const words = `${text.replace(/([a-z])([A-Z])/g, '$1 $2')}\n${text}`;
  return sensitive.test(words.toLowerCase().replace(/[^\p{L}\d#\n]+/gu, ' '));
}

/** True for fields whose value is never sent, even where the site allows the name. */
export function isSensitiveField({
  name = '',
  id = '',
  type = '',
  autocomplete = '',
  placeholder = '',
}: Field): boolean {
  return (
    /^(password|hidden|email|tel|file)$/.test(type) ||
    /(^|\s)(cc-|one-time-code|tel|email)|-password/i.test(autocomplete) ||
    /\d{4}([ -])\d{4}\1\d{4}/.test(placeholder) ||
    [name, id, placeholder].some(isSensitiveName)
  );
}
