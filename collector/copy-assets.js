/** Copies what the collector serves as files, the built SDK and the dashboard, beside its compiled code. */
import { cpSync, mkdirSync } from 'node:fs';

const here = new URL('.', import.meta.url);
const assets = new URL('dist/assets/', here);

mkdirSync(new URL('dashboard/', assets), { recursive: true });
cpSync(new URL('../sdk/dist/footfall.min.js', here), new URL('sdk.js', assets));
cpSync(new URL('../sdk/dist/footfall-experiments.min.js', here), new URL('sdk-experiments.js', assets));
cpSync(new URL('../sdk/dist/vitals.js', here), new URL('vitals.js', assets));
for (const file of ['overview.html', 'overview.css', 'overview.js']) {
  cpSync(new URL(`src/dashboard/${file}`, here), new URL(`dashboard/${file}`, assets));
}
