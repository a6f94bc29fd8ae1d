import type { App } from 'vue';

/** Stands for the function of Nuxt, which is not installed here: it hands a plugin on. */
export const defineNuxtPlugin = (plugin: (nuxt: { vueApp: App }) => void) => plugin;
