/** The languages of the browser: numbers, dates and names of countries are written in them. */
export const locale: readonly string[] = navigator.languages;

/** The direction in which the first of them is written. */
export function direction(): 'ltr' | 'rtl' {
  const { language } = new Intl.Locale(locale[0] ?? 'en').maximize();
  return rightToLeft.has(language) ? 'rtl' : 'ltr';
}

// Languages whose usual script runs from right to left (CLDR, characterOrder).
const rightToLeft = new Set([
  'ar',
  'arc',
  'ckb',
  'dv',
  'fa',
  'he',
  'ks',
  'ps',
  'sd',
  'syr',
  'ug',
  'ur',
  'yi',
]);
