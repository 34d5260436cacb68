import type { Session, WebContentsPrintOptions } from 'electron';
import { BrowserWindow, session } from 'electron';
import { denyNavigation } from './navigation.ts';
import { originOf, PAPER_ORIGIN } from './origins.ts';
import { refusePermissions } from './permissions.ts';
import { pageHeaders, paperPolicy } from './policies.ts';
import { STRICT_PREFERENCES } from './strict-preferences.ts';

export type PaperSize = 'A4' | 'Letter' | { width_mm: number; height_mm: number };

export type Paper = {
  /** The document as a PDF file. Rejects when it cannot be laid out. */
  toPdf(html: string, size: PaperSize): Promise<Uint8Array>;
  /** Opens the system's print dialog. Not printed, with a reason, when it was cancelled or the printer failed. */
  print(html: string, size: PaperSize): Promise<{ printed: boolean; reason?: string }>;
};

const MM_PER_INCH = 25.4;
const MICRONS_PER_MM = 1_000;

/**
 * Turns a document into paper in a hidden window. Scripts are off, and the only thing that can be loaded is the
 * document itself, so a customer's name that looks like markup can do nothing.
 */
export function createPaper(): Paper {
  const documents = new Map<string, string>();
  let paperSession: Session | null = null;
  let count = 0;

  async function withDocument<Result>(html: string, use: (window: BrowserWindow) => Promise<Result>): Promise<Result> {
    paperSession ??= openPaperSession(documents);
    count += 1;
    const address = `${PAPER_ORIGIN}/${count}`;
    documents.set(address, html);
    const window = openPaperWindow(paperSession);
    try {
      await window.loadURL(address);
      return await use(window);
    } finally {
      documents.delete(address);
      window.destroy();
    }
  }

  return {
    toPdf: (html, size) =>
      withDocument(html, async window => {
        const file = await window.webContents.printToPDF({ ...pdfPage(size), printBackground: true });
        return new Uint8Array(file);
      }),
    print: (html, size) => withDocument(html, window => printWindow(window, size)),
  };
}

/** The paper session knows the documents that are being printed at this moment and nothing else. */
function openPaperSession(documents: Map<string, string>): Session {
  const paper = session.fromPartition('paper', { cache: false });
  const headers = pageHeaders(paperPolicy(), 'no-referrer');
  refusePermissions(paper);
  paper.protocol.handle('https', request => {
    const html = documents.get(request.url);
    if (html === undefined) return new Response(null, { status: 404, headers });
    return new Response(html, { status: 200, headers: { ...headers, 'content-type': 'text/html; charset=utf-8' } });
  });
  paper.webRequest.onBeforeRequest((details, callback) => {
    const mayLoad = originOf(details.url) === PAPER_ORIGIN || /^data:(image|font)\//.test(details.url);
    callback({ cancel: !mayLoad });
  });
  return paper;
}

function openPaperWindow(paper: Session): BrowserWindow {
  const window = new BrowserWindow({
    show: false,
    webPreferences: { ...STRICT_PREFERENCES, session: paper, javascript: false },
  });
  denyNavigation(window.webContents);
  return window;
}

/** Sheets keep the usual margin; a roll is printed edge to edge. PDF sizes are in inches. */
function pdfPage(size: PaperSize): Electron.PrintToPDFOptions {
  if (typeof size === 'string') return { pageSize: size };
  return {
    pageSize: { width: size.width_mm / MM_PER_INCH, height: size.height_mm / MM_PER_INCH },
    margins: { top: 0, bottom: 0, left: 0, right: 0 },
  };
}

/** Printer sizes are in microns. */
function printerPage(size: PaperSize): WebContentsPrintOptions {
  if (typeof size === 'string') return { pageSize: size };
  return {
    pageSize: { width: size.width_mm * MICRONS_PER_MM, height: size.height_mm * MICRONS_PER_MM },
    margins: { marginType: 'none' },
  };
}

function printWindow(window: BrowserWindow, size: PaperSize): Promise<{ printed: boolean; reason?: string }> {
  return new Promise(resolve => {
    window.webContents.print({ ...printerPage(size), silent: false, printBackground: true }, (printed, reason) => {
      resolve(printed ? { printed } : { printed, reason });
    });
  });
}
