/** What is known of a form field, or of a property of which only the name is known. */
export type Field = {
  name?: string;
  id?: string;
  type?: string;
  autocomplete?: string;
  placeholder?: string | undefined;
};

/** Sensitive wherever the words stand. */
const anywhere =
  /passw|passphrase|passcode|пароль|密码|密碼|パスワード|비밀번호|(^| )(pwd|pw|kennwort|contrase[nñ]a|senha|mot ?de ?passe|wachtwoord|credentials?|(new)?(credit|debit) ?card.*|on card|card ?(n[uo].*|#|holder.*|type|exp.*|cvc)|karten ?(nummer|inhaber.*)|cc ?(n[aou]|exp|month|year|type|c).*|c([vs]c|vv|cv|vn)2?|sec(urity)? ?code|expiry.*|exp(iration)? ?(date|month|year|mm|yy)|iban|bic|swift ?code|routing( n.*)?|sort ?code|bank ?account.*|account ?n[uo].*|ssn|social ?security.*|sin n[uo].*|tax ?(id|n[uo]).*|driv(ers?|ing) ?licen[cs]e.*|passport ?(n[uo].*|id)?|nhs ?n.*|nino|national ?(id|insurance).*|aadhaar.*|steuer ?(nummer|id).*|cpf|cnpj|dni|nif|nie|curp)( ?\d+)?( |$)/;

/** Sensitive only as the last word, so that `token_count` and `secret_santa_budget` pass. */
const atTheEnd =
  /(^| )(pass|pin|t?otp|mfa|2fa|secret|[a-z]*token|jwt|auth(orization)?|bearer|[cx]srf|sid|\w*sess(ion)? ?id|(api|access|private|secret) ?key)( ?(value|n(umber|um|o|r)|code|id|key|field|input|confirm\w*|repeat|new|old|\d+))*$/;

/** True for names such as `user[password]`, `cardNumber`, `api-key`: what they hold is never sent. */
export function isSensitiveName(name: string): boolean {
  const short = name.slice(0, 200);
  return [short, short.replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')]
    .map((text) =>
      text
        .toLowerCase()
        .replace(/[^\p{L}\d#]+/gu, ' ')
        .trim(),
    )
    .some((text) => anywhere.test(text) || atTheEnd.test(text));
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
