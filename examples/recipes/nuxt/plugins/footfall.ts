import { defineNuxtPlugin } from '#app';
import { options } from '../../options';
import { footfall } from '../../vue/footfall';

export default defineNuxtPlugin(({ vueApp }) => {
  vueApp.use(footfall, options);
});
