export { click } from './capture/click.js';
export { error } from './capture/error.js';
export { form } from './capture/form.js';
export { pageview } from './capture/pageview.js';
export { scroll } from './capture/scroll.js';
export { init } from './init.js';
export type * from './options.js';
