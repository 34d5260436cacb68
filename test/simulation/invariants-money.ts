import { sql } from '../../main/ledger/open.ts';
import { byTender } from '../../main/reports/by-tender.ts';
import { ENDED, isMoney } from './evidence.ts';
import { when, type Invariant } from './invariant.ts';
import {
  database,
  own,
  isPaid,
  paidCard,
  atSquare,
  unfounded,
  untrue,
  takenBack,
  chargedTwice,
  passedDoubt,
  balance,
  settledAtSquare,
  booksDiffer,
  unseen,
  damaged,
  saidAgain,
  unproven,
  putInDoubt,
} from './rules-money.ts';

export const moneyInvariants: readonly Invariant[] = [
  {
    number: 'I3',
    name: 'every charged attempt has one payment of Square, and no two have the same',
    reads: "Square's ids of attempts that changed",
    event: (world, { touched }) =>
      touched.flatMap(({ shadow }) => {
        if (shadow.state !== 'completed') return [];
        if (shadow.square_payment_id === null) return [`${shadow.reference} is charged and names no payment`];
        const same = sql(database(world), 'SELECT count(*) FROM payment WHERE square_payment_id = ?').pluck();
        return when(
          same.get(shadow.square_payment_id) !== 1,
          `${shadow.square_payment_id} belongs to several attempts`,
        );
      }),
    damage: world => {
      const one = paidCard(world);
      return (
        one !== undefined &&
        damaged(world, `UPDATE payment SET square_payment_id = '${one.square_payment_id}' WHERE foreign_payment = 0`) &&
        own(world).length > 1
      );
    },
  },
  {
    number: 'I4',
    name: 'Square took no more for an attempt than was asked',
    reads: "Square's books, by key",
    quiet: world =>
      own(world).flatMap(({ key, amount_minor, reference }) => {
        const taken = atSquare(world, key).filter(one => one.captured);
        const sum = taken.reduce((total, one) => total + one.amount.minor, 0);
        return when(sum > amount_minor, `Square took ${sum} for ${reference}`);
      }),
    damage: world => {
      const one = world.books.payments.find(({ key, captured }) => key !== null && captured);
      if (one) one.amount = { ...one.amount, minor: one.amount.minor + 1 };
      return one !== undefined;
    },
  },
  {
    number: 'I5',
    name: 'refunds are not more than was taken, and the same here and at Square',
    reads: 'refunds in both books',
    quiet: world =>
      world.books.payments.flatMap(({ square_payment_id, amount, refunded_minor, captured }) => {
        const here = sql(
          database(world),
          'SELECT refunded_minor FROM square_payment WHERE square_payment_id = ?',
        ).pluck();
        const known = here.get(square_payment_id) as number | undefined;
        return when(
          captured && (refunded_minor > amount.minor || known !== refunded_minor),
          `${square_payment_id}: ${refunded_minor} were refunded, and here ${known}`,
        );
      }),
    damage: world => damaged(world, 'UPDATE square_payment SET refunded_minor = refunded_minor + 1'),
  },
  {
    number: 'I6',
    name: 'what the ledger expects from Square is what Square will pay out',
    reads: "the accounts Square clearing and Square fees; Square's books",
    quiet: world => [
      ...when(
        balance(world, 'square_clearing') !== settledAtSquare(world),
        `clearing is ${balance(world, 'square_clearing')}, Square settles ${settledAtSquare(world)}`,
      ),
    ],
    damage: world =>
      damaged(world, "UPDATE posting SET debit_account = 'bank' WHERE debit_account = 'square_clearing'"),
  },
  {
    number: 'I12',
    name: 'no doubt is older than a day without people who were told',
    reads: 'attempts in doubt at the end',
    quiet: world =>
      own(world).flatMap(({ state, since_ms, reference }) =>
        when(
          state === 'unknown' && world.scheduler.now_ms - since_ms > 24 * 3600_000,
          `${reference} is in doubt for a day`,
        ),
      ),
    damage: world => {
      const one = own(world)[0];
      return one !== undefined && putInDoubt(world, one);
    },
  },
  {
    number: 'I19',
    name: 'the report of a day is the sum of its postings',
    reads: 'the report "by way to pay" and the postings of the same days',
    quiet: world => {
      const { totals } = byTender.run(database(world), { from: '0001-01-01', to: '9999-12-31' });
      const { minor } = totals!['amount'] as { minor: number };
      const posted = sql(
        database(world),
        `SELECT coalesce(sum(amount_minor), 0) FROM posting WHERE credit_account = 'unallocated_receipts'
         AND debit_account IN ('drawer_cash', 'undeposited_checks', 'square_clearing')
         AND seq NOT IN (SELECT seq FROM journal WHERE type = 'square.refund.observed')`,
      ).pluck();
      // Cash and records that were made elsewhere stand in the report and in nobody's drawer here.
      const elsewhere = world.books.payments.filter(one => one.key === null && one.source_type !== 'CARD');
      const other = elsewhere.reduce((sum, one) => sum + one.amount.minor, 0);
      return when(minor - other !== posted.get(), `the report says ${minor}, the postings ${String(posted.get())}`);
    },
    damage: world =>
      damaged(world, "UPDATE payment SET amount_minor = amount_minor + 5 WHERE state IN ('recorded', 'completed')"),
  },
  {
    number: 'I20',
    name: 'everything that Square has is known here, and what was made elsewhere is flagged',
    reads: "Square's books against the observed payments",
    quiet: unseen,
    damage: world => damaged(world, "DELETE FROM square_payment WHERE status = 'COMPLETED'"),
  },
  {
    number: 'I23',
    name: 'once faults have stopped, everything settles',
    reads: 'open attempts and what waits to be told, after the healthy time',
    quiet: world => {
      const open = own(world).filter(({ state }) => !ENDED.has(state));
      const queued = sql(database(world), "SELECT count(*) FROM payment WHERE sync = 'queued'").pluck().get();
      return [
        ...open.map(({ reference, state }) => `${reference} is still ${state}`),
        ...when(queued !== 0, `${String(queued)} records wait to be told to Square`),
      ];
    },
    damage: world => damaged(world, "UPDATE payment SET sync = 'queued' WHERE foreign_payment = 0"),
  },
  {
    number: 'I24',
    name: 'what people are shown is what is on the books',
    reads: 'every view that the door answered',
    event: (world, { told }) => told.flatMap(one => untrue(world, one)),
    damage: world => {
      const one = own(world)[0];
      if (one)
        world.evidence.tell({
          attempt_id: one.attempt_id,
          word: 'paid',
          state: one.state,
          receipt_number: one.receipt_number,
          amount_minor: one.amount_minor + 1,
        });
      return one !== undefined;
    },
  },
  {
    number: 'I25',
    name: 'an attempt is charged, and a record is told, at most once',
    reads: "new payments in Square's books",
    event: chargedTwice,
    damage: world => {
      const one = world.books.payments.find(({ reference, captured }) => reference !== null && captured);
      if (one) world.books.payments.push({ ...one, square_payment_id: 'SQ-AGAIN' });
      return one !== undefined;
    },
  },
  {
    number: 'I26',
    name: 'what was said is never lost and never taken back',
    reads: 'everything that people were told, against the attempt now',
    event: (world, { touched, told }) => {
      for (const one of told) world.evidence.told.set(one.attempt_id, one);
      return touched.flatMap(({ shadow }) => {
        const said = world.evidence.told.get(shadow.attempt_id);
        return said ? takenBack(world, said) : [];
      });
    },
    quiet: world => [...world.evidence.told.values()].flatMap(one => takenBack(world, one)),
    damage: world => {
      const one = own(world).find(isPaid);
      if (one)
        world.evidence.told.set(one.attempt_id, {
          attempt_id: one.attempt_id,
          word: 'paid',
          state: one.state,
          receipt_number: 'D1-009999',
          amount_minor: one.amount_minor,
        });
      return one !== undefined;
    },
  },
  {
    number: 'I27',
    name: 'a doubt stops another payment of the same customer and amount',
    reads: 'new attempts against those in doubt',
    event: (world, { facts }) => passedDoubt(world, facts),
    damage: world => {
      const [one, ...later] = own(world);
      const insisted = sql(
        database(world),
        "SELECT 1 FROM journal WHERE type = 'duplicate.allowed' AND json_extract(body, '$.attempt_id') = ?",
      );
      const last = later.findLast(({ attempt_id }) => insisted.get(attempt_id) === undefined);
      if (!one || !last) return false;
      Object.assign(one, { amount_minor: last.amount_minor, customer_id: last.customer_id });
      return putInDoubt(world, one);
    },
  },
  {
    number: 'I28',
    name: 'before a byte leaves, it is on the books that it may have left, and with which bytes',
    reads: 'the ledger at the moment of each call that moves money',
    event: (_world, { sent }) =>
      sent.filter(isMoney).flatMap(({ name, subject, durable }) => {
        const states = name === 'completePayment' ? ['capturing'] : ['sending', 'recorded'];
        return when(
          !durable || !states.includes(durable.state) || durable.sends < 1,
          `${name} of ${subject} left while it was ${durable?.state ?? 'not on the books'} with ${durable?.sends ?? 0} sends`,
        );
      }),
    damage: world => {
      world.evidence.send({ name: 'createPayment', subject: 'a key that nobody wrote down', body: '' });
      return true;
    },
  },
  {
    number: 'I29',
    name: "only Square's definite word ends an attempt",
    reads: "facts that end or hold an attempt, against Square's books at that moment",
    event: (world, { facts }) => facts.flatMap(fact => unfounded(world, fact)),
    damage: world => {
      const one = paidCard(world);
      const payment = one && world.books.byId.get(one.square_payment_id!);
      if (payment) payment.captured = false;
      return payment !== undefined;
    },
  },
  {
    number: 'I30',
    name: 'the books are equal, payment by payment',
    reads: 'all attempts and all payments of Square',
    quiet: booksDiffer,
    damage: world => {
      const one = paidCard(world);
      return (
        one !== undefined &&
        damaged(world, `UPDATE payment SET state = 'declined' WHERE attempt_id = '${one.attempt_id}'`)
      );
    },
  },
  {
    number: 'I33',
    name: 'an attempt that is asked for again with another input is refused',
    reads: 'answers of the door to such calls',
    event: ({ evidence }) => evidence.wronglyAccepted.splice(0),
    damage: ({ evidence }) => evidence.wronglyAccepted.push('one that was accepted') > 0,
  },
  {
    number: 'I34',
    name: 'the same news of Square is written down once',
    reads: 'facts about payments of Square, one after the other',
    event: (world, { facts }) => facts.flatMap(fact => saidAgain(world, fact)),
    damage: world =>
      damaged(
        world,
        `INSERT INTO journal SELECT desk, incarnation, (SELECT max(seq) + 1 FROM journal), type, version, actor, happened_at_ms,
           recorded_at_ms, body, hash, hash FROM journal WHERE type = 'square.payment.observed' ORDER BY seq DESC LIMIT 1`,
      ),
  },
  {
    number: 'I35',
    name: 'a doubt is closed only after a cancel and searches before and after it that found nothing',
    reads: 'all facts of an attempt that was closed as not charged',
    event: (world, { facts }) => facts.flatMap(fact => unproven(world, fact)),
    damage: world =>
      damaged(
        world,
        `INSERT INTO journal SELECT desk, incarnation, seq + 1, 'attempt.closed_not_charged', 1, actor, happened_at_ms, recorded_at_ms,
           '{"attempt_id":"one without a proof","because":"searches"}', hash, hash FROM journal ORDER BY seq DESC LIMIT 1`,
      ),
  },
];
