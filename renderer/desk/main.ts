import { mount } from 'svelte';
import '../styles/tokens.css';
import '../styles/base.css';
import App from './App.svelte';
import { reportBug } from './lib/api.svelte.ts';

addEventListener('error', event => reportBug(event.error ?? event.message));
addEventListener('unhandledrejection', event => reportBug(event.reason));

const target = document.getElementById('app');
if (!target) throw new Error('the desk page has no place for the app');
mount(App, { target });
