import { switchOffice, type Boundary } from '../../main/copies/switch.ts';

/** Switches the folders of an office as the app does, and is killed at one boundary: `node ... FOLDER NOW_MS BOUNDARY`. */
const [folder = '', now_ms = '0', wanted = ''] = process.argv.slice(2);

switchOffice(folder, 'training', Number(now_ms), (boundary: Boundary) => {
  if (boundary === wanted) process.kill(process.pid, 'SIGKILL');
});
