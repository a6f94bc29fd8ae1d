/// <reference types="vite/client" />

declare module '*.vue' {
  import type { Component } from 'vue';

  const component: Component;
  export default component;
}

declare module '*.svelte' {
  import type { Component } from 'svelte';

  const component: Component;
  export default component;
}

/** What Nuxt makes of its plugins; the package itself is not installed here. */
declare module '#app' {
  import type { App } from 'vue';

  export function defineNuxtPlugin(plugin: (nuxt: { vueApp: App }) => void): (nuxt: { vueApp: App }) => void;
}
