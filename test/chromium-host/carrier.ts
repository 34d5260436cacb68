/** The shapes that windows, views and their pages share. */
import type { FrameRole } from './page-bridge.ts';
import type { Embedding, Session } from './session.ts';

export type WebPreferences = {
  preload?: string;
  partition?: string;
  session?: Session;
  javascript?: boolean;
  [name: string]: unknown;
};
export type PrintOptions = Record<string, unknown>;
/** What a WebContents needs of the window or view that carries it. */
export type Carrier = {
  role: FrameRole;
  /** Starts a load and resolves when it was handed to the browser. */
  navigate: (url: string) => Promise<void>;
  focus: () => Promise<void>;
  zoom: (factor: number) => Promise<void>;
  embedding: (isOwnDocument: boolean) => Embedding;
  printedFolder: () => string;
};
export type WindowOptions = {
  width?: number;
  height?: number;
  x?: number;
  y?: number;
  show?: boolean;
  title?: string;
  webPreferences?: WebPreferences;
  [name: string]: unknown;
};
