import type { Announce } from '../../common/contract/index.ts';
import type { PasswordCost } from '../ledger/keys.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { ConfigStore } from '../platform/config.ts';
import type { Log } from '../platform/log.ts';
import type { FolderTools } from './office-folder.ts';

/** The running parts of an open office, started after its ledger opened and stopped before it closes. */
export type Running = { stop(): Promise<void>; readonly inFlight: number };

export type SessionPorts = FolderTools & {
  readonly dataFolder: string;
  readonly config: ConfigStore;
  readonly announce: Announce;
  readonly log: Log;
  readonly preview: boolean;
  readonly version: string;
  /** What a guess at a password costs in new slots; the usual one unless a test is in a hurry. */
  readonly cost?: PasswordCost | undefined;
  /** Starts the office's outbox, sync and connection. */
  readonly start: (ledger: Ledger, folder: string) => Promise<Running>;
};
