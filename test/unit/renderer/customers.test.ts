import { afterEach, describe, expect, test, vi } from 'vitest';
import type { CustomerSummary } from '../../../common/contract/customers.ts';
import { CustomerForm } from '../../../renderer/desk/features/customers/customer-form-state.svelte.ts';
import { CustomerListState } from '../../../renderer/desk/features/customers/customer-list-state.svelte.ts';
import { messages } from '../../../renderer/desk/lib/messages/messages.ts';
import { oneAtATime } from '../../../renderer/desk/lib/one-at-a-time.ts';
import { CUSTOMERS } from '../../support/desk-preview/fake-data.ts';
import { fakeBridge, give, refuse } from '../../support/fake-bridge.ts';

afterEach(() => vi.unstubAllGlobals());

const [marisol, efrain] = CUSTOMERS as [CustomerSummary, CustomerSummary];
const found = (...rows: CustomerSummary[]) => give({ found: rows, more: false });

describe('the list of customers', () => {
  test('Enter takes the first of what stands in the search, not of what stood there before', async () => {
    fakeBridge({ 'customers.search': ({ text }) => found(text === 'ef' ? efrain : marisol) });
    const list = new CustomerListState();
    await list.load();
    list.type('ef');
    expect(await list.first()).toEqual(efrain);
  });

  test('an answer that comes late is dropped', async () => {
    const late = Promise.withResolvers<ReturnType<typeof give>>();
    fakeBridge({ 'customers.search': ({ text }) => (text === 'a' ? late.promise : found(efrain)) });
    const list = new CustomerListState();
    list.text = 'a';
    const first = list.load();
    list.text = 'ab';
    await list.load();
    late.resolve(found(marisol));
    await first;
    expect(list.found).toEqual([efrain]);
    expect(list.answered).toBe('ab');
  });

  test('those who were put away are asked for, and the choice stays within the rows', async () => {
    const bridge = fakeBridge({ 'customers.search': () => found(marisol, efrain) });
    const list = new CustomerListState();
    list.showArchived(true);
    await vi.waitFor(() => expect(list.found).toHaveLength(2));
    expect(bridge.of('customers.search')[0]).toMatchObject({ archived: true });
    expect([list.move(-1), list.move(1), list.move(1)]).toEqual([marisol, efrain, efrain]);
  });

  test('says by what somebody was found, with the card’s own name', () => {
    const { because } = messages.customers.list;
    expect(because({ what: 'card', text: 'AMERICAN_EXPRESS 0005' })).toBe('Paid with American Express 0005');
    expect(because({ what: 'invoice', text: 'INV-7' })).toBe('Invoice INV-7');
  });
});

describe('the form of a customer', () => {
  test('says what is wrong before it asks, and a card number at once', async () => {
    const bridge = fakeBridge({});
    const form = new CustomerForm(null, '4111 1111 1111 1111');
    expect(form.wrong.phone).toMatch(/card number/);
    Object.assign(form.typed, { phone: '12ab', email: 'x@y' });
    expect(form.wrong).toEqual({});
    expect(await form.save()).toBeNull();
    expect(Object.keys(form.wrong)).toEqual(['name', 'phone', 'email']);
    expect(bridge.asked).toEqual([]);
  });

  test('begins with what was looked for: a name, or a telephone number', () => {
    expect(new CustomerForm(null, 'Ada Quill').typed).toMatchObject({ name: 'Ada Quill', phone: '' });
    expect(new CustomerForm(null, '(510) 555-0142').typed).toMatchObject({ name: '', phone: '(510) 555-0142' });
  });

  test('keeps what was typed when it is refused', async () => {
    fakeBridge({ 'customers.add': () => refuse('disk_full') });
    const form = new CustomerForm(null, 'Ada');
    expect(await form.save()).toBeNull();
    expect(form.failure?.code).toBe('disk_full');
    expect(form.typed.name).toBe('Ada');
    expect(form.busy).toBe(false);
  });
});

test('however often something is announced, one question is on its way and one follows', async () => {
  const waiting = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
  let asked = 0;
  const ask = oneAtATime(() => waiting[(asked += 1) - 1]!.promise);
  for (let times = 0; times < 5; times += 1) ask();
  expect(asked).toBe(1);
  waiting[0]!.resolve();
  await vi.waitFor(() => expect(asked).toBe(2));
  waiting[1]!.resolve();
});
