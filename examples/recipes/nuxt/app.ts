// What Nuxt does with a plugin, in the browser as on the server.
import { createSSRApp } from 'vue';
import App from '../vue/App.vue';
import plugin from './plugins/footfall';

export function createApp() {
  const vueApp = createSSRApp(App);
  plugin({ vueApp });
  return vueApp;
}
