import { render } from 'preact';
import { App } from './app.js';
import { direction, locale } from './format/locale.js';

document.documentElement.dir = direction();
// The words of the page are English, its numbers and dates are of the browser's language.
document.documentElement.lang = 'en';
document.documentElement.dataset.locale = locale[0] ?? '';

const root = document.getElementById('app');
if (root) render(<App />, root);
