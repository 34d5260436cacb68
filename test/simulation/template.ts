import { join } from 'node:path';
import { Ledger } from '../../main/ledger/ledger.ts';
import { makeDice } from '../torture/dice.ts';
import { SimulatedDisk } from './disk.ts';
import { CUSTOMERS, STAFF } from './staff.ts';
import { START_MS } from './scheduler.ts';
import { LEDGER_ID, StaffRoom } from './staff-room.ts';

/** The office that every run begins with: made once per process, and put back after each run. */
export type Template = { readonly disk: SimulatedDisk; readonly ledgerKey: Buffer; readonly room: StaffRoom };

/** `folder`: where what is no ledger is kept; without it in a place that goes away with the process. */
export function makeTemplate(two_phase: boolean, folder?: string): Template {
  const dice = makeDice(1, 'template');
  const ledgerKey = dice.bytes(32);
  const disk = new SimulatedDisk();
  const founder = { alive: () => true, die: () => {} };
  const ledger = Ledger.create(
    {
      ...{ file: 'simulated', anchorFolder: 'simulated', ledgerKey, random: dice.bytes },
      clock: { now: () => START_MS - 60_000, after: () => () => {} },
      disk: disk.seenBy(founder),
    },
    { ledger_id: LEDGER_ID, mode: 'training', desk: 'D1', incarnation: 1 },
  );
  ledger.write(STAFF[0]!.person_id, write => {
    for (const { person_id, role } of STAFF) {
      const personal = write.sealPersonal(person_id, { name: `Person ${role}` });
      write.fact('staff.added', { person_id, role, personal });
    }
    const settings = { office_name: 'Lakeshore', time_zone: 'America/Chicago', currency: 'USD', locale: 'en-US' };
    for (const [name, value] of Object.entries({ ...settings, two_phase: two_phase ? 'on' : 'off' })) {
      write.fact('setting.changed', { name: name as 'office_name', value });
    }
    for (const [index, customer_id] of CUSTOMERS.entries()) {
      const person = { name: `Customer ${index}`, phone: '', email: '', note: '' };
      const personal = write.sealPersonal(customer_id, person);
      write.fact('customer.added', { customer_id, number: 1001 + index, personal });
    }
  });
  ledger.close();
  const own = folder && join(folder, `${process.pid}-${two_phase ? 'two' : 'one'}`);
  return { disk, ledgerKey, room: new StaffRoom(ledgerKey, own) };
}
