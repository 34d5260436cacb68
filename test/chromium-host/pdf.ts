/** Paper: Electron's print options in playwright's words, and the folder that stands for a printer. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { Page } from 'playwright-core';

type PdfOptions = NonNullable<Parameters<Page['pdf']>[0]>;
type Margins = { top?: number; bottom?: number; left?: number; right?: number };

const marginNames = ['top', 'bottom', 'left', 'right'] as const;
/** What Chromium uses when nothing is said: one centimetre. */
const defaultMargin_inches = 0.4;

/** Electron measures paper and margins in inches. */
export function pdfOptions(options: Record<string, unknown>): PdfOptions {
  const size = options.pageSize as string | { width: number; height: number } | undefined;
  const margins = (options.margins ?? {}) as Margins;
  const paper =
    typeof size === 'object' ? { width: `${size.width}in`, height: `${size.height}in` } : { format: size ?? 'Letter' };
  return {
    ...paper,
    landscape: options.landscape === true,
    printBackground: options.printBackground === true,
    displayHeaderFooter: options.displayHeaderFooter === true,
    preferCSSPageSize: options.preferCSSPageSize === true,
    tagged: options.generateTaggedPDF === true,
    outline: options.generateDocumentOutline === true,
    scale: typeof options.scale === 'number' ? options.scale : 1,
    pageRanges: typeof options.pageRanges === 'string' ? options.pageRanges : '',
    margin: Object.fromEntries(marginNames.map(name => [name, `${margins[name] ?? defaultMargin_inches}in`])),
    ...(typeof options.headerTemplate === 'string' ? { headerTemplate: options.headerTemplate } : {}),
    ...(typeof options.footerTemplate === 'string' ? { footerTemplate: options.footerTemplate } : {}),
  };
}

/** Writes what would have come out of a printer. */
export function writePrinted(file: string, bytes: Buffer): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, bytes);
}
