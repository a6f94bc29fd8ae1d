import { render as renderToBody } from 'svelte/server';
import App from './App.svelte';

export const render = () => renderToBody(App).body;
