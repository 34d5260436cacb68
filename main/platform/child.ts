/** A child process as the rest of the app sees one: messages in and out, and its end. */
export type ChildProcessLink = {
  send(message: unknown): void;
  onMessage(listener: (message: unknown) => void): void;
  /** Once, when it ended by itself or was ended. */
  onExit(listener: () => void): void;
  kill(): void;
};

/** Starts a program of the bundle, by its file. Nothing secret is among what it is started with. */
export type StartChild = () => ChildProcessLink;
