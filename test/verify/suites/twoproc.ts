import type { Suite } from '../suite.ts';
export const twoproc: Suite = { name: 'twoproc', about: '', run: () => Promise.resolve({ not_run: 'not written' }) };
