import { when, type Invariant } from './invariant.ts';
import { change } from './rules-ledger.ts';
import { BOSSES } from './staff.ts';
import type { World } from './world.ts';

const CHANGES: ReadonlySet<string> = new Set(['staff.added', 'staff.role_changed', 'staff.removed']);

/** Whether this opens the ledger on this computer, by the slots themselves and without counting. */
const opens = (world: World, person_id: string, password: string): Promise<boolean> =>
  world.life!.session.vault.isPasswordOf(person_id, password);

async function opensWithAny(world: World, person_id: string): Promise<boolean> {
  for (const password of world.template.room.memories.get(person_id)?.passwords ?? []) {
    if (await opens(world, person_id, password)) return true;
  }
  return false;
}

async function wrongDoors(world: World): Promise<string[]> {
  const found: string[] = [];
  for (const person_id of world.evidence.roles.everybody()) {
    const memory = world.template.room.memories.get(person_id);
    const enters = await opensWithAny(world, person_id);
    const belongs = world.evidence.roles.at(person_id) !== null;
    if (!belongs && enters) found.push(`${person_id} was removed and opens the ledger`);
    if (belongs && memory?.certain && !enters) found.push(`${person_id} cannot open the ledger any more`);
    if (await opens(world, person_id, 'never anybody’s password')) found.push(`anything opens for ${person_id}`);
  }
  return found;
}

const demotion = (person_id: string): string =>
  `INSERT INTO journal SELECT desk, incarnation, seq + 1, 'staff.role_changed', 1, actor, happened_at_ms, recorded_at_ms,
   '{"person_id":"${person_id}","role":"clerk"}', hash, hash FROM journal ORDER BY seq DESC LIMIT 1`;

export const staffInvariants: readonly Invariant[] = [
  {
    number: 'I33',
    name: 'people are changed by who may, and an owner by an owner alone',
    reads: 'facts about people, and what their actor was at that time',
    event: ({ evidence }, { facts }) =>
      facts.flatMap(({ type, parsed, actor, seq }) => {
        const setByOther = type === 'staff.password_changed' && parsed['how'] === 'set';
        if (!CHANGES.has(type) && !setByOther) return [];
        const about = evidence.roles.at(String(parsed['person_id']), seq);
        const needsOwner = about === 'owner' || parsed['role'] === 'owner';
        const by = evidence.roles.at(actor, seq);
        return when(
          needsOwner ? by !== 'owner' : !BOSSES.has(by),
          `record ${seq} (${type}): ${actor} is ${by} and may not`,
        );
      }),
    damage: world =>
      change(
        world,
        `UPDATE journal SET actor = 'person-clerk' WHERE type LIKE 'staff.%' AND type <> 'staff.password_changed' AND seq > ${world.evidence.firstSeq}`,
      ),
  },
  {
    number: 'I34',
    name: 'there is always an owner',
    reads: 'the roles of all people, after each change',
    event: ({ evidence }, { facts }) =>
      when(
        facts.some(({ type }) => CHANGES.has(type)) &&
          !evidence.roles.everybody().some(person_id => evidence.roles.at(person_id) === 'owner'),
        'nobody is an owner any more',
      ),
    damage: world =>
      world
        .present()
        .filter(({ role }) => role === 'owner')
        .every(({ person_id }) => change(world, demotion(person_id))),
  },
  {
    number: 'I35',
    name: 'who belongs to the office opens the ledger, and nobody else does',
    reads: 'key slots, keyring, and the passwords that people know',
    quiet: wrongDoors,
    damage: world => {
      const { memories } = world.template.room;
      const [person_id] = world.present().map(one => one.person_id);
      memories.set(person_id!, { passwords: ['forgotten since'], certain: true, wrong: 0, wrong_at_ms: 0 });
      return true;
    },
  },
];
