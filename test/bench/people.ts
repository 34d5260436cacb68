import type { NewCustomer } from '../../main/customers/customers.ts';
import type { Ledger } from '../../main/ledger/ledger.ts';
import { insertCustomer } from '../../main/customers/customers.ts';
import { repeatableChance } from './measure.ts';

/** Invented people for an office with many customers, the same in every run, and what a clerk types to find them. */
const GIVEN = `
Marisol Desmond Inés Walter Grace Rafael Hannah Noah Beatriz Yusuf Carmen Owen Priya Tomás Lucía Dana Jordan
Elena Omar Ruth Maria James Robert Michael Linda David Patricia Jennifer William Elizabeth Richard Susan Joseph
Jessica Thomas Sarah Charles Karen Daniel Nancy Matthew Lisa Anthony Margaret Mark Sandra Paul Ashley Steven
Kimberly André Zoë`;
const FAMILY = `
Ortiz Achebe Cardona Brandt Lindqvist Ibarra Osei Feldman Salgado Demir Smith Johnson Williams Brown Jones
Garcia Miller Davis Rodriguez Martinez Hernandez Lopez Gonzalez Wilson Anderson Thomas Taylor Moore Jackson
Martin Lee Perez Thompson White Harris Sanchez Clark Ramirez Lewis Robinson Walker Young Allen King Wright Scott
Torres Nguyen Hill Flores Green Adams Nelson Baker Hall Rivera Campbell Mitchell Carter Roberts Gómez Phillips
Evans Turner Díaz Parker Cruz Edwards Collins Reyes Stewart Morris Morales Murphy Cook Rogers Gutiérrez Morgan
Cooper Peterson Bailey Reed Kelly Howard Ramos Kim Cox Ward Richardson Watson Brooks Chávez Wood Bennett Gray
Mendoza Ruiz Hughes Price Álvarez Castillo Sanders`;
const given = GIVEN.trim().split(/\s+/);
const family = FAMILY.trim().split(/\s+/);
const AREAS = ['212', '312', '415', '510', '617', '713', '808', '917'];
/** All of them in one commit would hold the write lock for seconds; this is how an import would do it. */
const PER_COMMIT = 5000;

export function manyPeople(count: number): NewCustomer[] {
  const chance = repeatableChance(1);
  const of = (list: readonly string[]): string => list[chance(list.length)]!;
  return Array.from({ length: count }, (_, index) => {
    const first = of(given);
    // One in four has two family names, as people do.
    const last = chance(4) === 0 ? `${of(family)}-${of(family)}` : of(family);
    return {
      name: `${first} ${last}`,
      phone: `(${of(AREAS)}) 555-${String(chance(10_000)).padStart(4, '0')}`,
      email: `${plain(first)}.${plain(last)}${index}@example.com`,
      note: '',
    };
  });
}

export function addPeople(
  ledger: Ledger,
  newId: () => string,
  people: readonly NewCustomer[],
  actor: string,
): string[] {
  const ids = people.map(() => newId());
  for (let from = 0; from < people.length; from += PER_COMMIT) {
    ledger.write(actor, write => {
      for (const [index, person] of people.slice(from, from + PER_COMMIT).entries()) {
        insertCustomer(write, ids[from + index]!, person);
      }
    });
  }
  return ids;
}

const plain = (text: string): string =>
  text
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();

export type Query = { readonly kind: string; readonly text: string };

/** What is typed: each kind in turn, made from somebody who is there, so that almost every query finds something. */
export function queriesFor(people: readonly NewCustomer[], count: number): Query[] {
  const chance = repeatableChance(2);
  const kinds: Record<string, (person: NewCustomer) => string> = {
    'first name, 1 to 8 letters': ({ name }) => plain(name).slice(0, 1 + chance(8)),
    'family name, 1 to 8 letters': ({ name }) => plain(name.split(' ')[1]!).slice(0, 1 + chance(8)),
    'two words': ({ name }) => {
      const [first, last] = name.split(' ') as [string, string];
      return `${first.slice(0, 2 + chance(4))} ${last.slice(0, 1 + chance(5))}`;
    },
    'whole name': ({ name }) => name,
    'phone digits': ({ phone }) => phone.replace(/\D/g, '').slice(chance(4), 7 + chance(4)),
    'phone with separators': ({ phone }) => phone.slice(phone.indexOf(' ') + 1, phone.length - chance(3)),
    'last four of the phone': ({ phone }) => phone.slice(-4),
    'e-mail part': ({ email }) => email.slice(0, 4 + chance(10)),
    code: () => `C-${1001 + chance(people.length)}`,
    'no hit': ({ name }) => `${plain(name).slice(0, 3)}xq${chance(100)}`,
  };
  const names = Object.keys(kinds);
  return Array.from({ length: count }, (_, index) => {
    const kind = names[index % names.length]!;
    return { kind, text: kinds[kind]!(people[chance(people.length)]!) };
  });
}
