import { expect, test, vi } from 'vitest';
import { ipcRenderer, recorded } from '../../support/electron-stub.ts';

vi.mock('electron', () => import('../../support/electron-stub.ts'));
await import('../../../preload/desk.ts');
await import('../../../preload/pay.ts');

test('the desk can call and listen, and gets no event object', async () => {
  const desk = recorded.exposed.get('desk')!;
  expect(Object.keys(desk)).toEqual(['call', 'on']);
  await desk['call']!('payments.charge', { amount: 1 });
  expect(ipcRenderer.calls.at(-1)).toEqual({ channel: 'desk:call', values: ['payments.charge', { amount: 1 }] });
  const heard: unknown[] = [];
  const stop = desk['on']!((...values: unknown[]) => heard.push(values)) as () => void;
  ipcRenderer.emit('desk:event', { sender: 'ipc' }, 'day.closed', { id: 'x' });
  stop();
  ipcRenderer.emit('desk:event', { sender: 'ipc' }, 'day.closed', { id: 'y' });
  expect(heard).toEqual([['day.closed', { id: 'x' }]]);
});

test('the payment page can say six things and hear commands', () => {
  const pay = recorded.exposed.get('pay')!;
  expect(Object.keys(pay)).toEqual(['tell', 'listen']);
  ipcRenderer.calls.length = 0;
  const kinds = ['ready', 'height', 'changed', 'focus-left', 'tokenised', 'failed'];
  for (const kind of [...kinds, 'desk:call', '__proto__', 7, null, {}]) pay['tell']!(kind, { a: 1 });
  expect(ipcRenderer.calls).toEqual(kinds.map(kind => ({ channel: 'pay:tell', values: [kind, { a: 1 }] })));
  const heard: unknown[] = [];
  const stop = pay['listen']!((command: unknown) => heard.push(command)) as () => void;
  ipcRenderer.emit('pay:command', { sender: 'ipc' }, { kind: 'clear' });
  stop();
  ipcRenderer.emit('pay:command', { sender: 'ipc' }, { kind: 'focus' });
  expect(heard).toEqual([{ kind: 'clear' }]);
});
