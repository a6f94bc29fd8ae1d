import { createSSRApp } from 'vue';
import { options } from '../options';
import App from './App.vue';
import { footfall } from './footfall';

createSSRApp(App).use(footfall, options).mount('#root');
