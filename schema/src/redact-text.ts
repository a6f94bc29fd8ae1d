import { isSensitiveName } from './redact-name.js';

export const redacted = '[redacted]';

// None of these expressions looks behind: Safari before 16.4 refuses a script that does.

/** Contiguous, or grouped as on cards. Digits may be full-width (U+FF10 to U+FF19). */
const cardNumber =
  /(^|[^\w.-])([\d０-９]{12,19}|[\d０-９]{4}(?:[ .\xa0-][\d０-９]{3,6}){2,4})(?![\w-]|\.\d)/g;

/** Ranges of the issuers (ISO/IEC 7812), each with the lengths that they issue. */
const issuer =
  /^(?:4\d{12}(?:\d{3}){0,2}|(?:5[0678]|6[37])\d{10,17}|5\d{15}|6\d{15,18}|3\d{13,15}|2[1-7]\d{13,14}|1[1-9]\d{13})$/;

const iban = /\b(?:[A-Z]{2}\d\d(?:[ -]?[A-Z\d]){11,30}|[a-z]{2}\d\d[a-z\d]{11,30})\b/g;

/** US social security and taxpayer numbers; a number in three groups as for health services and telephones. */
const socialSecurity =
  /(^|[^\w-])(?:(?!000|666)\d{3}[- ](?!00)\d\d[- ]?(?!0000)\d{4}|\d{3} \d{3} \d{4})(?![\w-])/g;

/** Spanish identity number with its check letter. */
const dni = /\b(\d{7,8})-?([a-z])\b/gi;

/** `logo@2x.png` is a picture for screens of twice the density. */
const email =
  /(?:"[^"\n]{1,64}"|[\w.+%'-]{1,64})(?:@(?!\dx\.)|%40)(?:[\w\xa1-\uffff-]+\.)+[a-z\xa1-\uffff-]{2,}/gi;

/** JWT and other keys with a known beginning, tokens in three parts, private keys, the Italian fiscal code, AWS secrets. */
const secrets =
  /\b(?:(?:eyJ|[rs]k[_-]|gh[opsur]_|github_pat_|gl[a-z]{1,4}[st]-|GR1348941|xox[a-z]-|AIza|npm_|pypi-)(?=[\w.-]*\d)[\w.-]{16,}|(?:SG|[MNO][\w-]{23,25})\.[\w-]{6,}\.[\w-]{20,}|A[KS]IA[A-Z\d]{16}|SK[\da-fx]{32}|\d{8,10}:[\w-]{35}|[A-Z]{6}\d\d[A-Z]\d\d[A-Z]\d{3}[A-Z]\b)|-----BEGIN [A-Z ]*KEY-[\s\S]*?(?:-END[A-Z -]+|$)|(^|[\s"'=:])(?=\S*\d)(?=\S*[A-Z])[\w/+]{40}(?![\w/+=])/g;

const authorization = /\b(bearer|basic) +(?=\S*[\d=])[\w+/.~-]{8,}=*/gi;

/** `password=…`, `"token": "…"`: a name that says what follows. */
const assignment = /([\p{L}\d_.[\]-]{2,60})(["']?\s?[:=]\s?["']?)(?=[^\s"'&;,[=:]*\d)[^\s"'&;,[=:]{4,}=*/gu;

/** Replaces cards, account and identity numbers, e-mail addresses, tokens and keys by `[redacted]`. */
export function redactText(text: string): string {
  return text
    .replace(secrets, `$1${redacted}`)
    .replace(authorization, `$1 ${redacted}`)
    .replace(iban, redactIban)
    .replace(socialSecurity, `$1${redacted}`)
    .replace(cardNumber, redactCard)
    .replace(dni, (match, digits, letter) =>
      'TRWAGMYFPDXBNJZSQVHLCKE'[digits % 23] === letter.toUpperCase() ? redacted : match,
    )
    .replace(email, redacted)
    .replace(assignment, (match, name, mark) => (isSensitiveName(name) ? name + mark + redacted : match));
}

/** Three digits after four groups of four may be the security code and not part of the number. */
function redactCard(match: string, before: string, number: string): string {
  const groups = number.split(/[ .\xa0-]/);
  return isCard(groups) || isCard(groups.slice(0, 4)) ? before + redacted : match;
}

/** Luhn's check (ISO/IEC 7812-1, annex B): every second digit from the right counts twice, less 9 beyond 9. */
function isCard(groups: string[]): boolean {
  const number = groups.join('').normalize('NFKC');
  const sum = [...number].reduce(
    (left, digit, at) => left + Number((number.length - at) % 2 ? digit : '0246813579'[Number(digit)]),
    0,
  );
  return sum % 10 === 0 && issuer.test(number);
}

/** A short word in capitals may follow, so the number without its last group is tried too. */
function redactIban(candidate: string): string {
  const found = [candidate, candidate.replace(/[ -][^ -]*$/, '')].find(isIban);
  return found ? redacted + candidate.slice(found.length) : candidate;
}

/** ISO 7064 MOD 97-10 over the number with its first four characters moved to the end and letters from A = 10. */
function isIban(text: string): boolean {
  const compact = text.replace(/[ -]/g, '');
  const digits = (compact.slice(4) + compact.slice(0, 4)).replace(
    /\D/g,
    (letter) => `${Number.parseInt(letter, 36)}`,
  );
  return compact.length > 14 && BigInt(digits) % 97n === 1n;
}
