import { utilityProcess } from 'electron';
import type { StartChild } from '../platform/child.ts';

/** Runs a file of the bundle beside the main process, without a window and without anything of ours among its variables. */
export function childProcess(file: string, name: string): StartChild {
  return () => {
    const child = utilityProcess.fork(file, [], { serviceName: name, stdio: 'ignore', env: {} });
    return {
      send: message => child.postMessage(message),
      onMessage: listener => void child.on('message', listener),
      onExit: listener => void child.once('exit', listener),
      kill: () => void child.kill(),
    };
  };
}
