import { createRequire } from 'node:module';

/** electron-builder's own reader of YAML, found from its package: what it reads is what is judged. */
const builder = createRequire(createRequire(import.meta.url).resolve('electron-builder'));
const yaml = builder('js-yaml') as { load(text: string): unknown };

export const parse = (text: string): unknown => yaml.load(text);
