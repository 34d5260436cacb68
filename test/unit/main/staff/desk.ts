import type { SetupInput } from '../../../../common/contract/office.ts';
import type { Ledger } from '../../../../main/ledger/ledger.ts';
import type { ConfigStore, DeskConfig } from '../../../../main/platform/config.ts';
import { makeIds, systemRandom } from '../../../../main/platform/ids.ts';
import type { Log } from '../../../../main/platform/log.ts';
import { KeyChanges } from '../../../../main/staff/key-changes.ts';
import { People } from '../../../../main/staff/people.ts';
import { Recovery } from '../../../../main/staff/recovery.ts';
import { Session } from '../../../../main/staff/session.ts';
import { Setup } from '../../../../main/staff/setup.ts';
import { fakeDeviceSecrets, tempFolder } from '../../../support/builders.ts';
import { createFakeClock } from '../../../support/fake-clock.ts';
import { OWNER_PASSWORD, QUICK_COST } from '../../../support/temp-office.ts';

export const OWNER_NAME = 'Marisol Ortiz';
export const FIRST = 'first password given';

function memoryConfig(): ConfigStore {
  let kept: DeskConfig = { mode: null, theme: 'system', contrast: 'system', bounds: null };
  return { get: name => kept[name], set: (name, value) => void (kept = { ...kept, [name]: value }) };
}

/** The staff side of one desk on a folder of its own: session, people, recovery, keys. `start` is a new start of the app. */
export class StaffDesk {
  readonly temporary = tempFolder();
  readonly clock = createFakeClock();
  readonly deviceSecrets = fakeDeviceSecrets();
  readonly config = memoryConfig();
  readonly announced: string[] = [];
  readonly bugs: unknown[] = [];
  inFlight = 0;
  copies = 0;
  copyFails = false;
  startFails = false;
  /** Called while an office is started. */
  whileStarting: (ledger: Ledger) => void = () => undefined;
  /** What the running parts of an office wait for before they have stopped. */
  stopping: Promise<void> = Promise.resolve();
  session!: Session;
  people!: People;
  recovery!: Recovery;
  keys!: KeyChanges;
  owner = '';
  groups: string[] = [];

  constructor() {
    this.start();
  }

  start(): void {
    const { clock, deviceSecrets, config, bugs } = this;
    const log: Log = { info: () => {}, bug: (_event, error) => `BUG-${bugs.push(error)}` };
    const inFlight = (): number => this.inFlight;
    this.session = new Session({
      ...{ clock, random: systemRandom, deviceSecrets, config, log, preview: false, version: '0', cost: QUICK_COST },
      dataFolder: this.temporary.folder,
      announce: name => void this.announced.push(name),
      onAnchorFailure: error => void bugs.push(error),
      start: async ledger => {
        if (this.startFails) throw new Error('the office does not start');
        this.whileStarting(ledger);
        return {
          stop: () => this.stopping,
          get inFlight() {
            return inFlight();
          },
        };
      },
    });
    this.people = new People(this.session, makeIds(clock, systemRandom));
    this.recovery = new Recovery(this.session);
    this.keys = new KeyChanges(this.session, () => {
      this.copies += 1;
      return this.copyFails ? Promise.reject(new Error('no copy')) : Promise.resolve();
    });
  }

  /** A live office whose owner is at the desk. */
  async found(): Promise<void> {
    const setup = new Setup(this.session, makeIds(this.clock, systemRandom), QUICK_COST);
    const wish: SetupInput = {
      ...{ mode: 'live', office_name: 'Lakeshore', desk_code: 'D1', time_zone: 'UTC', currency: 'USD' },
      ...{ owner_name: OWNER_NAME, password: OWNER_PASSWORD },
    };
    const { recovery_groups, ask_groups } = setup.begin(wish);
    await setup.finish(ask_groups.map(group => recovery_groups[group - 1]!));
    this.groups = recovery_groups;
    this.owner = this.session.person!.person_id;
  }

  async restart(): Promise<void> {
    await this.session.close();
    this.start();
  }

  /** Added by whoever is at the desk, who proves it with `proof`. Answers the new person's id. */
  async add(name: string, role: Parameters<People['add']>[0]['role'], proof = OWNER_PASSWORD): Promise<string> {
    const view = await this.people.add({ name, role, first_password: FIRST, proof });
    return view.people.find(one => one.name === name)!.person_id;
  }

  /** Signs in with the first password and chooses an own one. */
  async arrive(person_id: string, own: string): Promise<void> {
    await this.session.signIn(person_id, FIRST);
    await this.people.choosePassword(own);
  }

  facts(): string[] {
    const rows = this.session.ledger.database.prepare('SELECT type FROM journal ORDER BY seq').pluck().all();
    return (rows as string[]).filter(type => type.startsWith('staff.') || type.startsWith('key.'));
  }

  async close(): Promise<void> {
    await this.session.close();
    this.temporary.dispose();
  }
}
