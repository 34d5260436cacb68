import { afterAll, beforeAll, expect, test } from 'vitest';
import { calls } from '../../../../common/contract/index.ts';
import { searchCustomers } from '../../../../main/customers/search.ts';
import { seedTrainingOffice, TRAINING_CUSTOMERS, trainingCustomer } from '../../../../main/training/seed.ts';
import { TempOffice } from '../../../support/temp-office.ts';

let office: TempOffice;
beforeAll(async () => {
  office = await TempOffice.create();
  seedTrainingOffice(office.ledger, office.newId, office.person_id);
});
afterAll(() => office.close());

test('the people of a training office are invented, all different, and could have been typed in', () => {
  const people = Array.from({ length: TRAINING_CUSTOMERS }, (_, index) => trainingCustomer(index));
  for (const key of ['name', 'phone', 'email'] as const) {
    expect(new Set(people.map(person => person[key])).size, key).toBe(TRAINING_CUSTOMERS);
  }
  for (const person of people) {
    expect(calls['customers.add'].input.safeParse(person).success, person.name).toBe(true);
    expect(person.phone).toMatch(/555-01\d\d$/);
    expect(person.email).toMatch(/@example\.com$/);
  }
});

test('they are the same every time, and each of them is found', () => {
  expect(trainingCustomer(42)).toEqual(trainingCustomer(42));
  for (let index = 0; index < TRAINING_CUSTOMERS; index += 17) {
    const { name, phone } = trainingCustomer(index);
    for (const text of [name, phone]) {
      const { found } = searchCustomers(office.ledger.database, text, 10);
      expect(found.map(customer => customer.name)).toContain(name);
    }
  }
});
