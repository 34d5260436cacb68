import type { Ledger } from '../ledger/ledger.ts';
import { insertCustomer, type NewCustomer } from '../customers/customers.ts';

/** The invented people of a training office. The same two hundred every time, so that a lesson can name them. */
const GIVEN = [
  'Marisol',
  'Desmond',
  'Inés',
  'Walter',
  'Grace',
  'Rafael',
  'Hannah',
  'Noah',
  'Beatriz',
  'Yusuf',
  'Carmen',
  'Owen',
  'Priya',
  'Tomás',
  'Lucía',
  'Dana',
  'Jordan',
  'Elena',
  'Omar',
  'Ruth',
] as const;
const FAMILY = [
  'Ortiz',
  'Achebe',
  'Cardona',
  'Brandt',
  'Lindqvist',
  'Ibarra',
  'Osei',
  'Feldman',
  'Salgado',
  'Demir',
] as const;

export const TRAINING_CUSTOMERS = GIVEN.length * FAMILY.length;

export function trainingCustomer(index: number): NewCustomer {
  const given = GIVEN[index % GIVEN.length]!;
  // Shifted by one per round, so that neighbours in the list do not share a family name.
  const family = FAMILY[(index + Math.floor(index / GIVEN.length)) % FAMILY.length]!;
  const plain = `${given}.${family}`
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .toLowerCase();
  return {
    name: `${given} ${family}`,
    // 555-01xx is set aside for fiction; two area codes make two hundred of them.
    phone: `(${index % 2 === 0 ? 510 : 415}) 555-01${String(Math.floor(index / 2)).padStart(2, '0')}`,
    email: `${plain}@example.com`,
    note: '',
  };
}

/** Adds them all in one commit. */
export function seedTrainingOffice(ledger: Ledger, newId: () => string, actor: string): void {
  ledger.write(actor, write => {
    for (let index = 0; index < TRAINING_CUSTOMERS; index += 1) insertCustomer(write, newId(), trainingCustomer(index));
  });
}
