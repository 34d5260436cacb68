import { createSocket } from 'node:dgram';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { launchHost } from '../chromium-host/launch.ts';
import { DeskDriver } from '../support/desk-driver.ts';
import { armed, AWAY_HOST, documentWith, scriptOf } from './attacked-page.ts';
import type { Attack } from './attacks.ts';

/**
 * The attack in a page of the whole running app, where beside the policy the rules of navigation, of windows and of
 * requests hold. `entry` is a copy of the app whose pages may be changed. Answers what it achieved.
 */
export async function attackApp(
  entry: string,
  pages: 'desk' | 'pay',
  attack: Attack,
  number: number,
): Promise<string[]> {
  const renderer = join(dirname(entry), '..', 'renderer', pages);
  const file = join(renderer, 'index.html');
  const original = readFileSync(file, 'utf8');
  const marks: string[] = [];
  // A port is given again: what an attack elsewhere still sends to its last owner is not this one's.
  const onPacket = (): void => void (attack.code.includes('STUN') && marks.push('a packet went out'));
  const socket = createSocket('udp4').on('message', onPacket);
  await new Promise<void>(resolve => socket.bind(0, '127.0.0.1', resolve));
  const stun = `127.0.0.1:${socket.address().port}`;
  const code = armed(attack.code, number, `console.error('HIT ${number}')`, stun);
  writeFileSync(file, documentWith(original, attack, code));
  // The app counts as started when its page has loaded, which an attack on the way there could put off for ever.
  const later = `addEventListener('load', () => setTimeout(() => { ${scriptOf(code)} }, 500));`;
  writeFileSync(join(renderer, 'attack.js'), later);
  const data_dir = mkdtempSync(join(dirname(entry), 'data-'));
  try {
    const host = await launchHost({ data_dir, entry, parameters: ['--quick-passwords'], timeout_ms: 40_000 });
    try {
      for (const context of host.browser.contexts()) {
        context.on(
          'requestfinished',
          one => void (one.url().includes(AWAY_HOST) && marks.push(`reached ${one.url()}`)),
        );
      }
      if (pages === 'pay') await new DeskDriver(host.deskPage).setUpQuickly();
      await host.deskPage.waitForTimeout(2000);
      const addresses = host.browser.contexts().flatMap(context => context.pages().map(page => page.url()));
      marks.push(...addresses.filter(address => address.includes(AWAY_HOST)).map(address => `shows ${address}`));
      if (!host.deskPage.url().startsWith('https://desk.')) marks.push(`the desk went to ${host.deskPage.url()}`);
      if (host.logs.some(line => line.includes(`HIT ${number}`))) marks.push('ran');
    } finally {
      await host.close();
    }
  } finally {
    socket.close();
    writeFileSync(file, original);
    rmSync(join(renderer, 'attack.js'));
    rmSync(data_dir, { recursive: true, force: true });
  }
  return marks;
}
