/**
 * Runs the simulator as a program of its own:
 * `node main/gateway/simulator/cli.ts --token TOKEN [--port N] [--control-port N] [--data DIRECTORY]`
 */
import { parseArgs } from 'node:util';
import { systemClock } from '../../platform/clock.ts';
import { systemRandom } from '../../platform/ids.ts';
import { startSimulator, type SimulatorOptions } from './simulator.ts';

const USAGE = 'Usage: cli.ts --token TOKEN [--port N] [--control-port N] [--data DIRECTORY]\n';

function readOptions(): SimulatorOptions | string {
  const { values } = parseArgs({
    options: {
      port: { type: 'string' },
      token: { type: 'string' },
      data: { type: 'string' },
      'control-port': { type: 'string' },
    },
  });
  if (!values.token) return 'Give the bearer token with --token.';
  const ports = [values.port ?? '0', values['control-port'] ?? '0'];
  if (!ports.every(port => /^\d{1,5}$/.test(port) && Number(port) < 65_536)) return 'A port is a number below 65536.';
  return {
    clock: systemClock,
    random: systemRandom,
    token: values.token,
    port: Number(ports[0]),
    controlPort: Number(ports[1]),
    ...(values.data === undefined ? {} : { directory: values.data }),
  };
}

async function main(): Promise<void> {
  const options = readOptions();
  if (typeof options === 'string') {
    process.stderr.write(`${options}\n${USAGE}`);
    process.exitCode = 2;
    return;
  }
  const simulator = await startSimulator(options);
  process.stdout.write(`${simulator.baseUrl}\n`);
  process.stdout.write(`control ${simulator.controlUrl}\n`);
  process.stdout.write(`square.js ${simulator.baseUrl}/v1/square.js\n`);
  process.stdout.write(`application ${simulator.applicationId}\n`);
  process.stdout.write(`location ${simulator.locationId}\n`);
  const stop = () => void simulator.close().then(() => process.exit(0));
  process.once('SIGINT', stop);
  process.once('SIGTERM', stop);
}

main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${USAGE}`);
  process.exitCode = 1;
});
