import { dialog } from 'electron';
import type { DeskWindow } from './desk-window.ts';

/** A name that is a file name on every system, whatever customer or report it was made from. */
export function safeFileName(name: string): string {
  const cleaned = name.replace(/[\u0000-\u001f\u007f<>:"/\\|?*]/g, '-').replace(/^[. ]+|[. ]+$/g, '');
  return cleaned.slice(0, 120) || 'Tillside';
}

/**
 * Asks where to save. `kind` is the file's ending without the dot (`pdf`, `csv`). Answers the full path, or null when
 * the person thought better of it.
 */
export async function saveFile(
  desk: DeskWindow,
  request: { suggestedName: string; kind: string },
): Promise<string | null> {
  const answer = await dialog.showSaveDialog(desk.window, {
    defaultPath: safeFileName(request.suggestedName),
    filters: [{ name: request.kind.toUpperCase(), extensions: [request.kind] }],
    properties: ['showOverwriteConfirmation', 'createDirectory'],
  });
  return answer.canceled || answer.filePath === '' ? null : answer.filePath;
}

/** Asks for a folder, for backups and exports of many files. Null when nothing was chosen. */
export async function chooseFolder(desk: DeskWindow): Promise<string | null> {
  const answer = await dialog.showOpenDialog(desk.window, { properties: ['openDirectory', 'createDirectory'] });
  return answer.canceled ? null : (answer.filePaths[0] ?? null);
}

/** The last resort before there is a window: one title, one sentence that says what to do. */
export function showFatal(title: string, sentence: string): void {
  dialog.showErrorBox(title, sentence);
}
