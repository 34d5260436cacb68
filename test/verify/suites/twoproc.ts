import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '../../../main/platform/clock.ts';
import { makeDice, type Dice } from '../../torture/dice.ts';
import { Owner } from '../../torture/owners.ts';
import { foundOffice, makeKeys, type OfficeKeys } from '../../torture/practice-desk.ts';
import { workFolder } from '../../torture/work-folder.ts';
import { tally, type Control, type Failure, type Suite } from '../suite.ts';

const ROUNDS = { quick: 200, full: 3000 };
const pause = (time_ms: number): Promise<void> => new Promise(resolve => setTimeout(resolve, time_ms).unref());

/** Everything a round needs: a fresh office and processes that want it. */
type Scene = {
  readonly folder: string;
  readonly keys: OfficeKeys;
  readonly dice: Dice;
  readonly owners: Owner[];
  readonly readsLock: boolean;
  readonly epochPutBack: boolean;
};
/** Plays one round; answers what went wrong. */
type Play = (scene: Scene) => Promise<readonly string[]>;

const honest = ({ folder, keys }: Scene) => ({ folder, keys, readsLock: false, epochPutBack: false });

const secondOpener: Play = async scene => {
  const [owner, second] = scene.owners as [Owner, Owner];
  await owner.open({ ...honest(scene), readsLock: scene.readsLock });
  await owner.works(1 + scene.dice.below(5));
  const answer = await second.open(honest(scene));
  await owner.works(3);
  const problems = answer === 'ledger_in_use' ? [] : [`the second opener was told ${answer}`];
  await owner.rest();
  return [...problems, ...fencedIn(owner), ...(answer === 'opened' ? [] : await owner.check(owner.acks))];
};

const stoppedOwner: Play = async scene => {
  const [owner, second] = scene.owners as [Owner, Owner];
  await owner.open(honest(scene));
  await owner.works(1 + scene.dice.below(5));
  owner.stop();
  const answer = await second.open(honest(scene));
  owner.goOn();
  await owner.works(3);
  await owner.rest();
  const problems = answer === 'ledger_in_use' ? [] : [`while the owner stood still, the second was told ${answer}`];
  return [...problems, ...fencedIn(owner), ...(await owner.check(owner.acks))];
};

const killedOwner: Play = async scene => {
  const [owner, second] = scene.owners as [Owner, Owner];
  await owner.open(honest(scene));
  await owner.works(1 + scene.dice.below(5));
  await pause(scene.dice.below(5));
  await owner.kill();
  const answer = await second.open(honest(scene));
  if (answer !== 'opened') return [`after the owner was killed, the next was told ${answer}`];
  await second.works(2);
  await second.rest();
  return second.check([...owner.acks, ...second.acks]);
};

/** The lock file is gone, as on a network drive that knows no locks: only the epoch is left between the two. */
const lostLock: Play = async scene => {
  const [owner, second] = scene.owners as [Owner, Owner];
  await owner.open(honest(scene));
  await owner.works(1 + scene.dice.below(5));
  owner.stop();
  await pause(5);
  rmSync(join(scene.folder, 'owner.lock'));
  const answer = await second.open({ ...honest(scene), epochPutBack: scene.epochPutBack });
  const before = owner.acks.length;
  if (answer === 'opened' && !scene.epochPutBack) await second.works(2);
  owner.goOn();
  if (answer !== 'opened') {
    // It stood still in the middle of a commit; the engine's own lock kept the second one out.
    await owner.rest();
    return answer === 'ledger_in_use' ? [] : [`the second was told ${answer}`];
  }
  const last = owner.acks.length === before ? 2 : 3;
  await Promise.race([owner.works(last), pause(3000)]);
  await second.rest();
  // One word may have been under way when the process was stopped.
  const wentOn = owner.fenced === undefined || owner.acks.length > before + 1;
  const problems = wentOn ? [`the old owner went on after the take-over, ${owner.acks.length - before} times`] : [];
  return [...problems, ...(await second.check([...owner.acks, ...second.acks]))];
};

const race: Play = async scene => {
  const answers = await Promise.all(scene.owners.map(owner => owner.open(honest(scene))));
  const count = tally(answers);
  return count['opened'] === 1 && count['ledger_in_use'] === answers.length - 1
    ? []
    : [`of ${answers.length} that opened at once: ${JSON.stringify(count)}`];
};

const fencedIn = (owner: Owner): string[] => (owner.fenced ? [`the owner was refused: ${owner.fenced}`] : []);

const PLAYS: Readonly<Record<string, Play>> = {
  'second opener': secondOpener,
  'owner stopped': stoppedOwner,
  'owner killed': killedOwner,
  'lock lost': lostLock,
  race,
};

/** One writer at a time, whatever happens to the lock, the clock of the machine or the process that held it. */
export const twoproc: Suite = {
  name: 'twoproc',
  cores: 1,
  about: 'two and three processes that want one ledger: opened twice, stopped, killed, with the lock file gone',
  async run({ budget, runs, seed, only, progress }) {
    const { folder, dispose } = workFolder('twoproc');
    const owners = await Promise.all([Owner.start(), Owner.start(), Owner.start()]);
    const failures: Failure[] = [];
    const played: string[] = [];
    try {
      const names = Object.keys(PLAYS);
      const rounds = only === null ? Array.from({ length: runs ?? ROUNDS[budget] }, (_, index) => index + 1) : [only];
      for (const round of rounds) {
        const name = names[round % names.length]!;
        const problems = await playRound(PLAYS[name]!, { folder, seed, round, owners });
        if (problems.length > 0) failures.push({ only: round, what: `${name}: ${problems.join('; ')}` });
        played.push(name);
        progress(`twoproc ${played.length} of ${rounds.length} rounds, ${failures.length} failures`);
      }
      const controls = [
        await control('a lock dropped by a plain read of its file lets a second owner in', secondOpener, {
          ...{ folder, seed, round: 1, owners, readsLock: true },
        }),
        await control('without the epoch, an old owner goes on after a take-over', lostLock, {
          ...{ folder, seed, round: 2, owners, epochPutBack: true },
        }),
      ];
      return { runs: played.length, faults: played.length, failures, controls, figures: tally(played) };
    } finally {
      await Promise.all(owners.map(owner => owner.kill()));
      dispose();
    }
  },
};

type Round = {
  readonly folder: string;
  readonly seed: number;
  readonly round: number;
  readonly owners: Owner[];
  readonly readsLock?: boolean;
  readonly epochPutBack?: boolean;
};

async function playRound(play: Play, given: Round): Promise<readonly string[]> {
  const { seed, round, owners, readsLock = false, epochPutBack = false } = given;
  const dice = makeDice(seed, round);
  const keys = makeKeys(dice);
  const folder = join(given.folder, `round-${round}`);
  mkdirSync(folder);
  const { ledger, release } = await foundOffice(folder, keys, systemClock, dice);
  ledger.close();
  release();
  try {
    return await play({ folder, keys, dice, owners, readsLock, epochPutBack });
  } catch (error) {
    return [String(error)];
  } finally {
    await Promise.all(owners.map((_, index) => renew(owners, index)));
    // A process of the round may still be writing while it ends.
    rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 50 });
  }
}

/** Ready for the next round: closed, or a new process in the place of one that was killed. */
async function renew(owners: Owner[], index: number): Promise<void> {
  const owner = owners[index]!;
  if (owner.isAlive) {
    // A round that ended in the middle may have left it standing still.
    owner.goOn();
    if (await owner.close()) return;
    await owner.kill();
  }
  owners[index] = await Owner.start();
}

async function control(name: string, play: Play, round: Round): Promise<Control> {
  const problems = await playRound(play, round);
  return { name, caught: problems.length > 0, detail: problems[0] ?? 'nothing was noticed' };
}
