import type { IpcMainEvent, IpcMainInvokeEvent, WebContents } from 'electron';
import { originOf } from './origins.ts';

/**
 * True when a message comes from the main frame of `contents` at exactly `origin`. A frame inside the page, another
 * page, a page that has moved on and a frame that is already gone are all refused.
 */
export function isMainFrameAt(
  event: IpcMainEvent | IpcMainInvokeEvent,
  contents: WebContents,
  origin: string,
): boolean {
  try {
    const frame = event.senderFrame;
    return event.sender === contents && frame !== null && frame.parent === null && originOf(frame.url) === origin;
  } catch {
    // Reading a property of a frame that was destroyed in the meantime throws.
    return false;
  }
}
