import type { Mode, SessionState } from '../../common/contract/office.ts';
import { officeDay, readSettings } from '../office/settings.ts';
import { officeExists, officeFolder } from './office-folder.ts';
import type { Door } from '../ledger/slots.ts';
import type { Ledger } from '../ledger/ledger.ts';
import type { Permission } from '../../common/permissions.ts';
import type { Person } from './queries.ts';
import type { SessionPorts } from './session-ports.ts';
import { Vault } from './vault.ts';

/** What is looked at. */
type Viewed = {
  readonly ports: SessionPorts;
  readonly mode: Mode | null;
  readonly folder: string | null;
  readonly phase: SessionState['phase'];
  readonly broken: SessionState['broken'];
  readonly person: Person | null;
  readonly opened: object | null;
  readonly ledger: Ledger;
  people(): Promise<Door[]>;
  permissions(): readonly Permission[];
};

/** Everything the page needs to decide which screen it is. */
export async function sessionView(session: Viewed): Promise<SessionState> {
  const { config, preview, version, dataFolder } = session.ports;
  const { mode, person } = session;
  const other: Mode = mode === 'training' ? 'live' : 'training';
  // First, because it is what finds out that the office is broken.
  const people = await session.people();
  const vault = new Vault(session.folder ?? dataFolder, session.ports);
  return {
    phase: session.phase,
    mode,
    people: people.map(({ person_id, name, role, usable }) => ({ person_id, name, role, needs_password: !usable })),
    person: person ? { ...person, permissions: [...session.permissions()] } : null,
    office: officeOf(session),
    broken: session.broken,
    wait_ms: Math.max(0, ...people.map(one => vault.wait_ms(one.person_id))),
    preview,
    other_mode: mode && officeExists(officeFolder(dataFolder, other)) ? other : null,
    version,
    appearance: { theme: config.get('theme'), contrast: config.get('contrast') },
  };
}

function officeOf(session: Viewed): SessionState['office'] {
  if (!session.opened || !session.person) return null;
  const { database, identity } = session.ledger;
  const { office_name, currency, time_zone, locale } = readSettings(database);
  const today = officeDay(database, session.ports.clock.now());
  return { name: office_name, desk: identity.desk, currency, time_zone, locale, today };
}
