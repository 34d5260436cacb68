import { en } from './en.ts';

/** The shape every language fills. English is the first one and therefore the measure. */
export type Messages = typeof en;

/** The texts of the language in use. Components read this and nothing else. */
export const messages: Messages = en;
