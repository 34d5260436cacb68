import type { Suite } from '../suite.ts';
export const journal: Suite = { name: 'journal', about: '', run: () => Promise.resolve({ not_run: 'not written' }) };
