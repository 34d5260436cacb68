import { ACCOUNTS } from '../../main/ledger/accounts.ts';
import { sql } from '../../main/ledger/open.ts';
import { verify } from '../../main/ledger/verify.ts';
import { ENDED } from './evidence.ts';
import { when, type Invariant } from './invariant.ts';
import { BOSSES } from './staff.ts';
import {
  database,
  change,
  wrongPostings,
  brokenChain,
  movedBack,
  cardNumbersIn,
  receiptGap,
  pendingOf,
  count,
} from './rules-ledger.ts';

export const ledgerInvariants: readonly Invariant[] = [
  {
    number: 'I1',
    name: 'every entry moves what its fact says, from one account to another',
    reads: 'postings of new facts, against rules of its own',
    event: (world, { facts }) => facts.flatMap(fact => wrongPostings(world, fact)),
    damage: world => change(world, 'UPDATE posting SET amount_minor = amount_minor + 1 WHERE line = 1'),
  },
  {
    number: 'I2',
    name: 'all accounts of the chart together are zero, by currency',
    reads: 'all postings',
    quiet: world => {
      const sums = sql(
        database(world),
        `SELECT currency, sum(minor) AS total, account FROM (
           SELECT currency, amount_minor AS minor, debit_account AS account FROM posting
           UNION ALL SELECT currency, -amount_minor, credit_account FROM posting) GROUP BY currency, account`,
      ).all() as { currency: string; total: number; account: string }[];
      const totals = new Map<string, number>();
      for (const { currency, total, account } of sums) {
        if (Object.hasOwn(ACCOUNTS, account)) totals.set(currency, (totals.get(currency) ?? 0) + total);
      }
      return [...totals].flatMap(([currency, total]) => when(total !== 0, `${currency} is out of balance by ${total}`));
    },
    damage: world => change(world, "UPDATE posting SET credit_account = 'nowhere'"),
  },
  {
    number: 'I7',
    name: 'receipt numbers run from one without a gap',
    reads: 'receipt numbers of attempts that changed',
    event: receiptGap,
    damage: world => {
      world.evidence.numbered.clear();
      return change(world, "UPDATE payment SET receipt_number = 'D1-000999' WHERE receipt_number = 'D1-000001'");
    },
  },
  {
    number: 'I8',
    name: 'the journal has no hole and no wrong hash, and is not behind its anchors',
    reads: 'new records, with a hash of its own; the anchors',
    event: (world, news) => {
      const ahead = [...world.template.disk.anchors.values()].filter(
        text => Number(/"seq":(\d+)/.exec(text)?.[1]) > world.evidence.seq,
      );
      return [...brokenChain(news), ...when(ahead.length > 0, 'an anchor is ahead of the journal')];
    },
    quiet: world => {
      const kept = [...world.template.disk.anchors.values()].map(text => Number(/"seq":(\d+)/.exec(text)?.[1]));
      // They may lag by the last moments before a crash, and by what a full or damaged place for them kept away.
      const { counts } = world.coverage;
      if ((['anchors_lost', 'anchor_torn', 'anchor_full'] as const).some(fault => counts.has(fault))) return [];
      const lag = world.evidence.seq - Math.max(0, ...kept);
      return when(lag > 8, `the anchors are ${lag} records behind`);
    },
    damage: world => change(world, "UPDATE journal SET actor = 'nobody' WHERE seq = (SELECT max(seq) FROM journal)"),
  },
  {
    number: 'I9',
    name: 'nothing is "being sent" while nobody sends',
    reads: 'states of attempts, the outbox',
    event: world => {
      const { evidence, life } = world;
      const sending = (evidence.inState.get('sending') ?? 0) + (evidence.inState.get('capturing') ?? 0);
      if (sending === 0 || (life?.outbox.busy ?? 1) > 0 || !life || world.diskBroken) evidence.idle_since_ms = null;
      else evidence.idle_since_ms ??= evidence.now_ms;
      const idle_ms = evidence.now_ms - (evidence.idle_since_ms ?? evidence.now_ms);
      return when(idle_ms > 70_000, `${sending} are being sent by nobody for ${idle_ms} ms`);
    },
    damage: world => {
      world.evidence.inState.set('sending', 1);
      world.evidence.idle_since_ms = world.evidence.now_ms - 100_000;
      return world.life !== null && world.life.outbox.busy === 0;
    },
  },
  {
    number: 'I10',
    name: 'a request keeps its key and its bytes',
    reads: 'pending requests of attempts that changed, against the fact that made them',
    event: (world, { touched }) =>
      touched.flatMap(({ shadow }) => {
        const kept = pendingOf(world, shadow.attempt_id);
        return when(
          kept !== undefined && (kept.idempotency_key !== shadow.key || kept.body_hash !== shadow.body_hash),
          `the request of ${shadow.reference} is not the one that was written down`,
        );
      }),
    damage: world => {
      const one = [...world.evidence.shadows.values()].find(({ key }) => key !== '');
      if (!one) return false;
      const text = `INSERT INTO pending_request (attempt_id, idempotency_key, sealed, body_hash) VALUES ('${one.attempt_id}', 'another key', x'00', '')`;
      return change(world, text);
    },
  },
  {
    number: 'I13',
    name: 'no token stays after the end of its attempt',
    reads: 'pending requests of attempts that changed',
    event: (world, { touched }) =>
      touched.flatMap(({ shadow }) => {
        const ended = ENDED.has(shadow.state) && shadow.state !== 'recorded';
        return when(
          ended && pendingOf(world, shadow.attempt_id) !== undefined,
          `${shadow.reference} ended and kept its request`,
        );
      }),
    damage: world => {
      const one = [...world.evidence.shadows.values()].find(({ state, foreign }) => state === 'completed' && !foreign);
      return (
        one !== undefined &&
        change(
          world,
          `INSERT INTO pending_request (attempt_id, idempotency_key, sealed, body_hash) VALUES ('${one.attempt_id}', '${one.key}', x'00', '${one.body_hash}')`,
        )
      );
    },
  },
  {
    number: 'I14',
    name: 'a doubt that a person ended has a reason, and somebody who may',
    reads: 'facts that close a doubt',
    event: ({ evidence }, { facts }) =>
      facts.flatMap(({ type, parsed, seq }) => {
        const byPerson = type === 'attempt.closed_not_charged' && parsed['because'] === 'person';
        if (!byPerson && type !== 'attempt.found_settled') return [];
        const boss = String(parsed['approved_by']);
        const said = evidence.deciders.has(`${String(parsed['attempt_id'])} ${boss}`);
        const may = said || BOSSES.has(evidence.roles.at(boss, seq));
        return when(!may || String(parsed['reason']).length < 3, 'a doubt was ended by somebody who may not');
      }),
    damage: world => {
      const body = '{"because":"person","approved_by":"person-clerk","reason":""}';
      return change(
        world,
        `INSERT INTO journal SELECT desk, incarnation, seq + 1, 'attempt.closed_not_charged', 1, actor, happened_at_ms, recorded_at_ms, '${body}', hash, hash FROM journal ORDER BY seq DESC LIMIT 1`,
      );
    },
  },
  {
    number: 'I15',
    name: 'no attempt moves back',
    reads: 'states before and after each event',
    event: (_world, { touched }) =>
      touched.flatMap(({ shadow, before }) =>
        when(
          !shadow.foreign && movedBack(before, shadow.state),
          `${shadow.reference} went from ${before} to ${shadow.state}`,
        ),
      ),
    damage: world =>
      change(
        world,
        "UPDATE payment SET state = 'ready' WHERE state IN ('completed', 'recorded') AND foreign_payment = 0",
      ),
  },
  {
    number: 'I16',
    name: 'money is a whole number of the smallest unit, in the currency of the office',
    reads: 'types and sizes in payments and postings',
    quiet: world =>
      ['payment', 'posting', 'square_payment'].flatMap(table =>
        when(
          count(
            world,
            `SELECT count(*) FROM ${table} WHERE typeof(amount_minor) <> 'integer' OR abs(amount_minor) > 9007199254740991 OR currency <> 'USD'`,
          ) > 0,
          `${table} holds money that is none`,
        ),
      ),
    damage: world => change(world, "UPDATE posting SET currency = 'EUR' WHERE line = 1"),
  },
  {
    number: 'I17',
    name: 'no card number is in any fact',
    reads: 'the text of new facts',
    event: (_world, { facts }) =>
      facts.flatMap(({ body, seq }) => when(cardNumbersIn(body).length > 0, `record ${seq} holds a card number`)),
    damage: world =>
      change(
        world,
        `UPDATE journal SET body = '{"note":"card 4111 1111 1111 1111 please"}' WHERE seq = (SELECT max(seq) FROM journal)`,
      ),
  },
  {
    number: 'I18',
    name: 'the process that writes is the one that owns the ledger',
    reads: 'the epoch of each writer',
    event: ({ evidence }) =>
      when(
        evidence.outdatedWriter !== null,
        `a process of epoch ${evidence.outdatedWriter} wrote in ${evidence.newestEpoch}`,
      ),
    damage: world => {
      world.evidence.outdatedWriter = world.evidence.newestEpoch - 1;
      return true;
    },
  },
  {
    number: 'I22',
    name: 'who took a payment may do so, and a refused call left nothing',
    reads: 'actors of new attempts and what they were when they asked, calls that the door refused',
    event: (world, { facts }) =>
      facts.flatMap(fact => {
        if (fact.type !== 'attempt.started' && fact.type !== 'tender.recorded') return [];
        const roles = world.evidence.roles.behind(fact);
        const may = roles.some(role => role !== null && role !== 'auditor' && role !== 'accountant');
        const refused = world.evidence.refused.has(String(fact.parsed['attempt_id']));
        return when(!may || refused, `${fact.actor} took a payment and may not`);
      }),
    damage: world =>
      world.evidence.roles.forgetWhoAsked() === undefined &&
      change(world, "UPDATE journal SET actor = 'person-auditor' WHERE type IN ('tender.recorded', 'attempt.started')"),
  },
  {
    number: 'I31',
    name: 'attempts are numbered from one without a gap',
    reads: 'numbers of all attempts of this desk',
    quiet: world =>
      when(
        count(world, 'SELECT count(*) - max(number) FROM payment WHERE foreign_payment = 0') !== 0,
        'the numbers of the attempts have a gap',
      ),
    damage: world => change(world, 'UPDATE payment SET number = number + 7 WHERE foreign_payment = 0'),
  },
  {
    number: 'I32',
    name: 'the tables are what the journal says',
    reads: 'everything, by a rebuild beside it (one run in twenty)',
    quiet: async world => {
      if (world.seed % 20 !== 0) return [];
      const { ledger } = world.life!;
      const verdict = await verify(database(world), (subject, sealed) => ledger.openPersonal(subject, sealed));
      return verdict.problems;
    },
    damage: world => world.seed % 20 === 0 && change(world, "UPDATE payment SET day = '1999-01-01'"),
  },
];
