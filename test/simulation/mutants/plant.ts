import { registerHooks } from 'node:module';
import { mutants } from './list.ts';
import { planted } from './mutant.ts';

/**
 * Loaded before everything else in a child process: modules are read with one planted bug in them. The files on the
 * disk are never written.
 */
const mutant = mutants.find(({ name }) => name === process.env['MUTANT']);
if (!mutant) throw new Error(`there is no mutant ${process.env['MUTANT']}`);
const root = new URL('../../../', import.meta.url).href;

registerHooks({
  load(url, context, next) {
    const loaded = next(url, context);
    const edits = mutant.edits.filter(({ file }) => url === root + file);
    if (edits.length === 0) return loaded;
    const source = Buffer.from(loaded.source as Uint8Array).toString('utf8');
    return { ...loaded, source: edits.reduce(planted, source) };
  },
});
