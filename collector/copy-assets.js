/** Copies the built SDK, which the collector serves, beside its compiled code. */
import { cpSync, mkdirSync } from 'node:fs';

const here = new URL('.', import.meta.url);
const assets = new URL('dist/assets/', here);

mkdirSync(assets, { recursive: true });
cpSync(new URL('../sdk/dist/footfall.min.js', here), new URL('sdk.js', assets));
cpSync(new URL('../sdk/dist/footfall-experiments.min.js', here), new URL('sdk-experiments.js', assets));
cpSync(new URL('../sdk/dist/vitals.js', here), new URL('vitals.js', assets));
