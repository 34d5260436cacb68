/**
 * The embedded stand-in for Square: a real HTTP server on 127.0.0.1 that Square's own SDK and a real browser talk to.
 * It plays payments, refunds, customers, cards, bank accounts, gift cards, orders, payment links, terminals and their
 * devices, disputes, locations and merchants, and serves a stand-in for the card form and the pages of payment links.
 *
 * A kind of thing is one file of routes, listed in `api.ts`; what moves by itself has a due time in the books and a line in
 * `settle.ts`; what a person does away from the desk is in `people.ts`. What Square does not document is decided in
 * `assumptions.ts`. Not played: terminal actions, refunds of Interac cards, a catalog, invoices, subscriptions, payouts.
 */
import type { Clock } from '../../platform/clock.ts';
import type { Random } from '../../platform/ids.ts';
import { makeApi } from './api.ts';
import { openBooks } from './books.ts';
import { openBrowserFiles } from './browser-files.ts';
import { makeControl, makeControlApi, type SimulatorControl } from './control.ts';
import { makeFaultList } from './faults.ts';
import { makeListener } from './listener.ts';
import { makeWorld } from './world.ts';

export type SimulatorOptions = {
  clock: Clock;
  random: Random;
  /** The bearer token that requests must carry. */
  token: string;
  /** 0 or absent takes a free port. */
  port?: number;
  controlPort?: number;
  /** Makes the books durable: an append-only file in this directory, replayed at start, fsynced per commit. */
  directory?: string;
  /** Replaces the application id of the books. */
  applicationId?: string;
  /** Where the browser files lie when the program is bundled. */
  browserDirectory?: string;
};

export type Simulator = {
  /** http://127.0.0.1:PORT */
  baseUrl: string;
  /** The control listener's http://127.0.0.1:PORT; it stays up when the network is down. */
  controlUrl: string;
  applicationId: string;
  locationId: string;
  merchantId: string;
  token: string;
  control: SimulatorControl;
  close(): Promise<void>;
};

/** Starts listening. Rejects when a port is taken or the books are damaged. */
export async function startSimulator(options: SimulatorOptions): Promise<Simulator> {
  const files = openBrowserFiles(options.browserDirectory);
  const books = openBooks(options.directory);
  const world = makeWorld(books, options.clock, options.random, options.token, options.applicationId);
  const faults = makeFaultList();
  const listener = makeListener(options.port ?? 0, makeApi(world, faults, files));
  const control = makeControl(world, faults, listener);
  const controlListener = makeListener(options.controlPort ?? 0, makeControlApi(world, control));
  const close = async () => {
    await Promise.all([listener.down(), controlListener.down()]);
    books.close();
  };
  try {
    await listener.up();
    await controlListener.up();
  } catch (error) {
    await close();
    throw error;
  }
  return {
    baseUrl: `http://127.0.0.1:${listener.port()}`,
    controlUrl: `http://127.0.0.1:${controlListener.port()}`,
    applicationId: world.meta.application_id,
    locationId: world.meta.location_id,
    merchantId: world.meta.merchant_id,
    token: options.token,
    control,
    close,
  };
}
