import { createSSRApp } from 'vue';
import { renderToString } from 'vue/server-renderer';
import { options } from '../options';
import App from './App.vue';
import { footfall } from './footfall';

export const render = () => renderToString(createSSRApp(App).use(footfall, options));
