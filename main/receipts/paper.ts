/** What may be done with a page of paper. The shell does it; the features only know these three. */
export type PaperPorts = {
  readonly toPdf: (html: string, size: 'A4' | 'Letter') => Promise<Uint8Array>;
  readonly print: (html: string, size: 'A4' | 'Letter') => Promise<{ printed: boolean }>;
  /** Asks where to save, writes, and answers the path; null when the person changed their mind. */
  readonly save: (suggestedName: string, kind: string, content: Uint8Array) => Promise<string | null>;
};
