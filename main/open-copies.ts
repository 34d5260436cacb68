import { join } from 'node:path';
import type { Announce, Handlers } from '../common/contract/index.ts';
import type { CatchUp } from './copies/catch-up.ts';
import { Copies } from './copies/copies.ts';
import { copyHandlers } from './copies/handlers.ts';
import { Restore } from './copies/restore.ts';
import { PASSWORD_COST } from './ledger/keys.ts';
import type { Ledger } from './ledger/ledger.ts';
import { readSlots } from './ledger/slots.ts';
import type { StartChild } from './platform/child.ts';
import type { Clock } from './platform/clock.ts';
import type { Log } from './platform/log.ts';
import { ledgerFile, officeExists, officeFolder } from './staff/office-folder.ts';
import { recoverFolder } from './staff/recovery.ts';
import type { Session } from './staff/session.ts';

/** What copies need of the app beside the open ledger. */
export type CopyPorts = {
  readonly clock: Clock;
  readonly announce: Announce;
  readonly log: Log;
  readonly dataFolder: string;
  readonly startChild: StartChild;
  readonly app_version: string;
};

/** The part of an open office that makes copies. */
export function openCopies(ledger: Ledger, folder: string, ports: CopyPorts): Copies {
  return new Copies({
    ...ports,
    ledger,
    ledgerFile: ledgerFile(folder),
    slots: () => JSON.stringify(readSlots(folder)),
  });
}

type DeskNeeds = {
  readonly session: Session;
  readonly startChild: StartChild;
  readonly office: () => { readonly copies: Copies; readonly catchUp: CatchUp };
  readonly chooseFolder: () => Promise<string | null>;
};

/** Copies and restore as the door knows them. A restore works while no office can be opened. */
export function copiesOfTheDesk({ session, startChild, office, chooseFolder }: DeskNeeds) {
  const { ports } = session;
  const restore = new Restore({
    ...ports,
    startChild,
    cost: ports.cost ?? PASSWORD_COST,
    recover: recoverFolder,
    isHealthy: mode =>
      officeExists(officeFolder(ports.dataFolder, mode)) && !(session.phase === 'broken' && session.mode === mode),
    closeOffice: () => session.close(),
  });
  return copyHandlers({
    ...{ office, restore, chooseFolder },
    async enter(mode, person_id, password) {
      await session.switchMode(mode);
      await session.signIn(person_id, password);
      return session.state();
    },
  }) satisfies Partial<Handlers>;
}

/** The file of the bundle that works with copies. */
export const copiesWorker = (bundleFolder: string): string => join(bundleFolder, 'copies-worker.js');
