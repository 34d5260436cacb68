/** One step of the schema. Versions rise by ten, so that two branches can each add one. */
export type Migration = { readonly version: number; readonly name: string; readonly up: string };

export function defineMigration<const Definition extends Migration>(migration: Definition): Definition {
  return migration;
}
