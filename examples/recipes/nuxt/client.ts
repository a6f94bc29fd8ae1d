import { createApp } from './app';

createApp().mount('#root');
