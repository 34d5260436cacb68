/** One planted bug: where, the text that stands there exactly once, and what stands there instead. */
export type Edit = { readonly file: string; readonly text: string; readonly becomes: string };
export type Mutant = { readonly name: string; readonly edits: readonly Edit[] };

export const plant = (name: string, file: string, text: string, becomes: string): Mutant => ({
  name,
  edits: [{ file: `main/${file}`, text, becomes }],
});

/** The source with the bug in it. Throws when the text is gone, so that no mutant dies in silence. */
export function planted(source: string, { text, becomes, file }: Edit): string {
  const parts = source.split(text);
  if (parts.length !== 2) throw new Error(`${file} holds the text ${parts.length - 1} times: ${text}`);
  return parts.join(becomes);
}
