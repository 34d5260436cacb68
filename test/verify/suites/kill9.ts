import type { Suite } from '../suite.ts';
export const kill9: Suite = { name: 'kill9', about: '', run: () => Promise.resolve({ not_run: 'not written' }) };
