import { type Footfall, init, type Options } from '@footfall/sdk';
import { type InjectionKey, inject, type Plugin } from 'vue';

const key: InjectionKey<Footfall> = Symbol('footfall');
const silent = init({ site: '', endpoint: '' });

export const footfall: Plugin<Options> = {
  install(app, options) {
    app.provide(key, init(options));
    // Vue keeps what components throw from the window, where Footfall listens.
    if (typeof reportError === 'function') app.config.errorHandler ??= reportError;
  },
};

export const useFootfall = () => inject(key, silent);
