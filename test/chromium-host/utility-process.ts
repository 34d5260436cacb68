import { fork } from 'node:child_process';
import { EventEmitter } from 'node:events';

type Options = { env?: NodeJS.ProcessEnv };

/** A utility process is an ordinary child of Node here, which hears and tells over Node's own line. */
class UtilityProcess extends EventEmitter {
  readonly #child;
  constructor(file: string, parameters: string[], options: Options) {
    super();
    const { PATH } = process.env;
    this.#child = fork(file, parameters, {
      // Without the preview's own hooks: nothing in there asks for Electron.
      execArgv: [],
      env: { ...options.env, ...(PATH === undefined ? {} : { PATH }) },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    // A message to a process that has just ended is lost, as with Electron.
    this.#child.on('error', () => {});
    this.#child.on('message', message => this.emit('message', message));
    this.#child.on('exit', code => this.emit('exit', code));
  }
  get pid(): number | undefined {
    return this.#child.pid;
  }
  postMessage(message: object): void {
    if (this.#child.connected) this.#child.send(message);
  }
  kill(): boolean {
    return this.#child.kill('SIGKILL');
  }
}

export const utilityProcess = {
  fork: (file: string, parameters: string[] = [], options: Options = {}) =>
    new UtilityProcess(file, parameters, options),
};
