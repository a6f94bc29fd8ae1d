import { isSensitiveName } from './redact-name.js';

export const redacted = '[redacted]';

/**
 * Contiguous, or grouped as on cards. Digits may be full-width (U+FF10 to U+FF19). None of these expressions
 * looks behind: Safari before 16.4 refuses a script that does.
 */
const cardNumber =
  /(^|[^\w.-])([\d０-９]{12,19}|[\d０-９]{4}(?:[ .\xa0-][\d０-９]{4}){2,3}(?:[ -]\d{1,3})?|\d{4}[ -]\d{6}[ -]\d{4,5})(?![\w-]|\.\d)/g;

/** Ranges of the issuers (ISO/IEC 7812), each with the lengths that they issue. */
const issuer =
  /^(?:4(?:\d{12}|\d{15}|\d{18})|(?:5[0-8]|6[37])\d{14}|(?:50|5[678]|6[37])\d{10,17}|2[2-7]\d{14}|3[47]\d{13}|3[0689]\d{12}(?:\d\d)?|(?:35|6[0245])\d{14,17}|1[1-9]\d{13}|2131\d{11})$/;

const iban =
  /\b(?:[A-Z]{2}\d\d(?:[ -][A-Z\d]{4}){2,7}(?:[ -][A-Z\d]{1,3})?|[A-Za-z]{2}\d\d[A-Za-z\d]{11,30})\b/g;

/** Area, group and serial as they are issued; a number in three groups as for health services and telephones; ITIN. */
const socialSecurity =
  /(^|[^\w-])(?:(?!000|666|9)\d{3}[- ](?!00)\d\d[- ]?(?!0000)\d{4}|\d{3} \d{3} \d{4}|9\d\d[- ](?:[578]\d|6[0-5]|9[0-24-9])[- ]\d{4})(?![\w-])/g;

/** Spanish identity number with its check letter. */
const dni = /\b(\d{7,8})-?([a-z])\b/gi;
const dniLetters = 'TRWAGMYFPDXBNJZSQVHLCKE';

/** The top-level name is never that of a file, so that `logo@2x.png` passes. */
const email =
  /(?:"[^"\n]{1,64}"|[\w.+%'-]{1,64})(?:@|%40)(?:[a-z\d\xa1-\uffff-]{1,63}\.){1,8}(?!(?:png|jpe?g|gif|svg|webp|avif|m?js|css)\b)(?:xn--[a-z\d-]+|[a-z\xa1-\uffff]{2,24})\b/gi;

/** JWT, private keys, keys with a known beginning, the Italian fiscal code, AWS secrets. */
const secrets =
  /\beyJ[\w-]{8,}\.[\w-]{8,}(?:\.[\w-]*)*|-----BEGIN [A-Z ]*PRIVATE KEY[\s\S]*?(?:-----END [A-Z ]+-----|$)|\b(?:(?:[sr]k_(?:live|test)_|sk-|gh[opsur]_|github_pat_|gl(?:pat|dt|ptt|soat|imt|agent|rt|ft|oas|cbt)-|GR1348941|xox[a-z]-|AIza|npm_|pypi-)(?=[\w-]*\d)[\w-]{16,}|A[KS]IA[A-Z\d]{16}|SK[\da-fx]{32}|SG\.[\w-]{10,}\.[\w-]{20,}|\d{8,10}:[\w-]{35}|[MNO][\w-]{23,25}\.[\w-]{6}\.[\w-]{27,38}|[A-Z]{6}\d\d[A-Z]\d\d[A-Z]\d{3}[A-Z]\b)|(^|[\s"'=:])(?=\S*\d)(?=\S*[A-Z])(?=\S*[+/])[a-zA-Z\d/+]{40}(?![\w/+=])/g;

const authorization = /\b(bearer|basic)\s+(?=[\w+/.~-]*[\d=])[\w+/.~-]{8,}=*/gi;

/** `password=…`, `"token": "…"`: a name that says what follows. */
const assignment = /([\p{L}\d_.[\]-]{2,60})(["']?\s?[:=]\s?["']?)(?=[^\s"'&;,[=:]*\d)[^\s"'&;,[=:]{4,}=*/gu;

/** Replaces cards, account and identity numbers, e-mail addresses, tokens and keys by `[redacted]`. */
export function redactText(text: string): string {
  let clean = text.replace(secrets, `$1${redacted}`).replace(authorization, `$1 ${redacted}`);
  if (/[\d０-９]{4}/.test(clean)) clean = redactNumbers(clean);
  if (/@|%40/.test(clean)) clean = clean.replace(email, redacted);
  return clean.replace(assignment, redactAssignment);
}

function redactNumbers(text: string): string {
  return text
    .replace(iban, redactIban)
    .replace(socialSecurity, `$1${redacted}`)
    .replace(cardNumber, redactCard)
    .replace(dni, (match, digits, letter) =>
      dniLetters[digits % 23] === letter.toUpperCase() ? redacted : match,
    );
}

function redactAssignment(match: string, name: string, mark: string): string {
  return isSensitiveName(name) ? name + mark + redacted : match;
}

/** Three digits after four groups of four may be the security code and not part of the number. */
function redactCard(match: string, before: string, number: string): string {
  const groups = number.split(/[ .\xa0-]/);
  return isCard(groups.join('')) || isCard(groups.slice(0, 4).join('')) ? before + redacted : match;
}

/** Luhn's check (ISO/IEC 7812-1, annex B). The low four bits of a digit, full-width or not, are its value. */
function isCard(number: string): boolean {
  const digits = Array.from(number, (char) => char.charCodeAt(0) & 15).reverse();
  const sum = digits.reduce(
    (total, value, index) => total + (index % 2 ? (value * 2 > 9 ? value * 2 - 9 : value * 2) : value),
    0,
  );
  return sum % 10 === 0 && issuer.test(digits.reverse().join(''));
}

/** A short word in capitals may follow, so the number without its last group is tried too. */
function redactIban(candidate: string): string {
  const shorter = candidate.replace(/[ -][^ -]*$/, '');
  if (isIban(candidate)) return redacted;
  return isIban(shorter) ? redacted + candidate.slice(shorter.length) : candidate;
}

/** ISO 7064 MOD 97-10 over the number with its first four characters moved to the end. */
function isIban(text: string): boolean {
  const compact = text.replace(/[ -]/g, '');
  let remainder = 0;
  for (const char of compact.slice(4) + compact.slice(0, 4)) {
    const value = Number.parseInt(char, 36);
    remainder = (remainder * (value > 9 ? 100 : 10) + value) % 97;
  }
  return compact.length >= 15 && remainder === 1;
}
