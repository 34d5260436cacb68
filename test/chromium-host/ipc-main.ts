/** `ipcMain`: handlers and listeners for messages from preloads, with the sender that the browser vouches for. */
import { EventEmitter } from 'node:events';
import type { FrameRecord, PageLink, PageMessage } from './page-link.ts';

/** The part of Electron's WebFrameMain that main looks at. `parent` is null for the top frame of a WebContents. */
export type SenderFrame = {
  url: string;
  origin: string;
  name: string;
  parent: SenderFrame | null;
  top: SenderFrame;
  routingId: number;
  processId: number;
  frameTreeNodeId: number;
  detached: boolean;
  isDestroyed: () => boolean;
};
/** The WebContents that the message came from, as far as this file needs to know it. */
type Sender = { send: (channel: string, ...values: unknown[]) => void };
type InvokeEvent = { type: 'frame'; sender: Sender; senderFrame: SenderFrame; frameId: number; processId: number };
type Handler = (event: InvokeEvent, ...values: unknown[]) => unknown;

const frameNumbers = new Map<string, number>();

function numberOf(id: string): number {
  const known = frameNumbers.get(id);
  if (known !== undefined) return known;
  frameNumbers.set(id, frameNumbers.size + 1);
  return frameNumbers.size;
}

/** An opaque origin is the text `null`, as in the browser. */
export function originOf(address: string): string {
  return URL.canParse(address) ? new URL(address).origin : 'null';
}

/** Describes a frame as part of the WebContents whose own frame is `root`; frames above that do not exist for it. */
export function senderFrame(link: PageLink, frame: FrameRecord, rootId: string): SenderFrame {
  const above = frame.id === rootId ? undefined : link.frame(frame.parentId);
  const parent = above ? senderFrame(link, above, rootId) : null;
  const number = numberOf(frame.id);
  const made = {
    url: frame.url,
    origin: originOf(frame.url),
    name: frame.id === rootId ? '' : frame.name,
    parent,
    routingId: number,
    processId: 1,
    frameTreeNodeId: number,
    detached: false,
    isDestroyed: () => link.frame(frame.id) === undefined,
  };
  return Object.defineProperty(made, 'top', {
    get: () => parent?.top ?? made,
    enumerable: true,
  }) as unknown as SenderFrame;
}

class IpcMain extends EventEmitter {
  #handlers = new Map<string, Handler>();

  handle(channel: string, handler: Handler): void {
    if (this.#handlers.has(channel)) throw new Error(`Attempted to register a second handler for '${channel}'`);
    this.#handlers.set(channel, handler);
  }
  handleOnce(channel: string, handler: Handler): void {
    this.handle(channel, (event, ...values) => {
      this.removeHandler(channel);
      return handler(event, ...values);
    });
  }
  removeHandler(channel: string): void {
    this.#handlers.delete(channel);
  }

  /** Called by the host for each `invoke` and `send`; `reply` answers the frame that asked. */
  async receive(event: InvokeEvent, message: PageMessage, reply: (answer: object) => void): Promise<void> {
    const { kind, id, channel, values } = message as { kind: string; id: number; channel: string; values: unknown[] };
    if (kind === 'send') {
      this.emit(
        channel,
        { ...event, reply: (...answer: [string, ...unknown[]]) => event.sender.send(...answer) },
        ...values,
      );
      return;
    }
    try {
      const handler = this.#handlers.get(channel);
      if (!handler) throw new Error(`No handler registered for '${channel}'`);
      reply({ kind: 'reply', id, ok: true, values: [await handler(event, ...values)] });
    } catch (error) {
      reply({ kind: 'reply', id, ok: false, values: [`Error invoking remote method '${channel}': ${String(error)}`] });
    }
  }
}

export const ipcMain = new IpcMain();
