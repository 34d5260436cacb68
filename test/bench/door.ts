import { join } from 'node:path';
import { systemClock } from '../../main/platform/clock.ts';
import type { ConfigStore, DeskConfig } from '../../main/platform/config.ts';
import { openLog } from '../../main/platform/log.ts';
import { makeIds, systemRandom } from '../../main/platform/ids.ts';
import { customerHandlers } from '../../main/customers/handlers.ts';
import { openDoor } from '../../main/door.ts';
import { staffHandlers } from '../../main/staff/handlers.ts';
import { Session } from '../../main/staff/session.ts';
import { Setup } from '../../main/staff/setup.ts';
import type { Handlers } from '../../common/contract/index.ts';
import { fakeDeviceSecrets, tempFolder } from '../support/builders.ts';
import { OFFICE, OWNER } from '../support/desk-driver.ts';
import { QUICK_COST } from '../support/temp-office.ts';
import { figureOf, SEARCHED, timedAsync, type Section } from './measure.ts';

const CALLS = 300;

/** The door without the bridge: checks, handler and log line, on a training office with its two hundred customers. */
export async function benchDoor(): Promise<Section> {
  const { folder, dispose } = tempFolder('tillside-bench-');
  const { session, setup, log, newId } = partsIn(folder);
  try {
    await session.ports.deviceSecrets.create(folder);
    const office = { mode: 'training', office_name: OFFICE, desk_code: 'D1', time_zone: 'America/Chicago' } as const;
    setup.begin({ ...office, currency: 'USD', owner_name: OWNER.name, password: OWNER.password });
    await setup.finish(null);
    const nothing = (): void => {};
    const print = () => Promise.resolve({ printed: false });
    const handlers = {
      ...staffHandlers({
        session,
        setup,
        log,
        print,
        newId,
        onAppearance: nothing,
        copyFirst: () => Promise.resolve(),
      }),
      ...customerHandlers({ ledger: () => session.ledger, newId, clock: systemClock, announce: nothing }),
    } as unknown as Handlers;
    const visitor = () => ({
      person_id: session.person?.person_id ?? null,
      locked: session.locked,
      permissions: session.permissions(),
    });
    // As in development, where answers are checked as well; a packaged app leaves that out.
    const door = openDoor({ handlers, clock: systemClock, log, checkAnswers: true, visitor });
    const measured = async (name: string, input: unknown): Promise<number[]> => {
      const took: number[] = [];
      for (let call = 0; call < CALLS + 50; call += 1) {
        const one_ms = await timedAsync(async () => {
          const answer = await door(name, input);
          if (!answer.ok) throw new Error(`${name} was refused: ${answer.error.code}`);
        });
        // The first fifty warm up.
        if (call >= 50) took.push(one_ms);
      }
      return took;
    };
    return {
      figures: [
        figureOf('door alone, session.state', 'ms', await measured('session.state', {})),
        figureOf('door alone, customers.search', 'ms', await measured('customers.search', SEARCHED)),
      ],
      not_measured: [],
    };
  } finally {
    await session.close();
    dispose();
  }
}

function partsIn(folder: string) {
  const clock = systemClock;
  const random = systemRandom;
  const newId = makeIds(clock, random);
  const log = openLog(join(folder, 'logs'), clock);
  const session = new Session({
    ...{ clock, random, log, dataFolder: folder, preview: true, version: '0.0.0' },
    announce: () => {},
    config: configInMemory(),
    deviceSecrets: fakeDeviceSecrets(random),
    onAnchorFailure: error => log.bug('anchor', error),
    start: () => Promise.resolve({ stop: () => Promise.resolve(), inFlight: 0 }),
  });
  return { session, setup: new Setup(session, newId, QUICK_COST), log, newId };
}

/** The real one needs Electron to know its folder, and reads its file at each look; the bridge's figures have it. */
function configInMemory(): ConfigStore {
  const kept: DeskConfig = { mode: null, theme: 'system', contrast: 'system', bounds: null };
  return { get: name => kept[name], set: (name, value) => void Object.assign(kept, { [name]: value }) };
}
