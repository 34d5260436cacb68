/**
 * The line between a test and the host it started (see launch.ts): answers for dialogs come in, calls that would leave
 * the app (an opened address, a shown folder, a dialog) go out. Without a test, dialogs take their defaults.
 */
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';

/** From the test: an answer for the next dialog of a kind, or something that happens to the machine. */
export type TestCommand =
  | { kind: 'dialog-answer'; dialog: string; answer: unknown }
  | { kind: 'power'; event: string }
  | { kind: 'idle'; seconds: number | undefined }
  | { kind: 'clock'; ahead_ms: number }
  | { kind: 'close-window' };
/** To the test. */
export type HostNotice =
  { kind: 'host-ready'; debugging_address: string } | { kind: 'call'; name: string; detail: unknown };
type DialogAnswer = { dialog: string; answer: unknown };

/** `TILLSIDE_HOST_DIALOGS` may name a JSON file with a list of { dialog, answer } to begin with. */
function prepared(): DialogAnswer[] {
  const file = process.env.TILLSIDE_HOST_DIALOGS;
  return file ? (JSON.parse(readFileSync(file, 'utf8')) as DialogAnswer[]) : [];
}

const realNow = Date.now.bind(Date);

/** Sets the clock of the app's main process ahead of the real one. Timers go on in real time, as when somebody sets it. */
function setClockAhead(ahead_ms: number): void {
  Date.now = () => realNow() + ahead_ms;
}

class TestChannel extends EventEmitter<{ command: [command: TestCommand] }> {
  readonly #answers = prepared();

  constructor() {
    super();
    if (!process.send) return;
    process.on('message', message => {
      const command = message as TestCommand;
      if (command.kind === 'dialog-answer') this.#answers.push(command);
      else if (command.kind === 'clock') setClockAhead(command.ahead_ms);
      else this.emit('command', command);
    });
    // A test may limit the files of the host. That is to fail as a write, and not to end the process.
    if (process.platform === 'linux') process.on('SIGXFSZ', () => {});
    // The line must not keep the host alive.
    process.channel?.unref();
  }

  /** Takes the next answer that the test prepared for this dialog. */
  takeAnswer(dialog: string): unknown {
    const at = this.#answers.findIndex(each => each.dialog === dialog);
    return at < 0 ? undefined : this.#answers.splice(at, 1)[0]!.answer;
  }

  notify(notice: HostNotice): void {
    if (process.connected) process.send?.(notice, undefined, {}, () => {});
  }
  record(name: string, detail: unknown): void {
    this.notify({ kind: 'call', name, detail });
  }
}

export const testChannel = new TestChannel();
