import type { IpcMainInvokeEvent } from 'electron';
import { ipcMain } from 'electron';
import type { DeskWindow } from './desk-window.ts';

/**
 * The one channel on which the desk asks. A call that does not come from the main frame of the desk window at exactly
 * our origin is refused before its name or input is looked at. Returns the function that closes the channel.
 *
 * `answer` must settle with plain data. Should it reject after all, only a fixed sentence crosses, because an error's
 * text could carry a path or a query.
 */
export function listenForCalls(
  desk: DeskWindow,
  answer: (name: unknown, input: unknown) => Promise<unknown>,
  onRefused: (why: string, url: string) => void,
): () => void {
  ipcMain.handle('desk:call', async (event: IpcMainInvokeEvent, name: unknown, input: unknown) => {
    if (!desk.isDeskSender(event)) {
      onRefused('the sender is not the main frame of the desk window', senderUrl(event));
      throw new Error('This call was refused.');
    }
    try {
      return await answer(name, input);
    } catch {
      throw new Error('This call could not be answered.');
    }
  });
  return () => ipcMain.removeHandler('desk:call');
}

/** The address of the sender for the log. A frame that is already gone has none. */
function senderUrl(event: IpcMainInvokeEvent): string {
  try {
    return event.senderFrame?.url ?? '';
  } catch {
    return '';
  }
}
