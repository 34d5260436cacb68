import { rmSync } from 'node:fs';
import type { Page } from 'playwright-core';
import { launchHost, type LaunchedHost } from '../chromium-host/launch.ts';
import { tempFolder } from '../support/builders.ts';
import { DeskDriver, OWNER } from '../support/desk-driver.ts';
import { en } from '../../renderer/desk/lib/messages/en.ts';
import { gatewayTimes } from './gateway.ts';
import { figureOf, median, SEARCHED, timedAsync, type Figure, type Section } from './measure.ts';
import { memoryFigures } from './memory.ts';

const STARTS = 3;
const CHARGES = 20;
const CALLS = 300;

/** The real bundles in the Chromium host, without a window: start, charges, calls over the bridge, memory. */
export async function benchDesk(): Promise<Section> {
  const { folder, dispose } = tempFolder('tillside-bench-');
  let host: LaunchedHost | undefined;
  const open = async (): Promise<DeskDriver> => {
    host = await launchHost({ data_dir: folder });
    return new DeskDriver(host.deskPage);
  };
  try {
    await (await open()).setUpQuickly();
    await host?.close();
    const starting: number[] = [];
    const signingIn: number[] = [];
    const whole: number[] = [];
    let desk: DeskDriver | undefined;
    for (let start = 0; start < STARTS; start += 1) {
      const started_ms = performance.now();
      desk = await open();
      await desk.page.getByLabel(en.people.passwordOf(OWNER.name)).waitFor();
      starting.push(performance.now() - started_ms);
      signingIn.push(await timedAsync(() => signInByBridge(desk!)));
      whole.push(starting.at(-1)! + signingIn.at(-1)!);
      if (start < STARTS - 1) await host?.close();
    }
    const calls = await bridgeFigures(desk!);
    const charges = await chargeFigures(desk!);
    const memory = memoryFigures(host!.process.pid!);
    return {
      figures: [
        figureOf('start to the sign-in page', 'ms', starting),
        figureOf('sign-in to a usable Collect page', 'ms', signingIn),
        figureOf('start to a usable Collect page', 'ms', whole),
        ...charges,
        ...calls,
        ...memory.figures,
      ],
      not_measured: memory.not_measured,
    };
  } finally {
    await host?.close().catch(() => host?.kill());
    dispose();
    rmSync(`${folder}-keyring`, { recursive: true, force: true });
  }
}

/** The password at its real cost, then the search that stands ready to be typed into. */
async function signInByBridge(desk: DeskDriver): Promise<void> {
  const { people } = await desk.ask<{ people: { person_id: string }[] }>('session.state');
  await desk.ask('session.sign_in', { person_id: people[0]!.person_id, password: OWNER.password });
  await desk.page.waitForFunction(() => document.activeElement?.getAttribute('role') === 'combobox');
}

/** Round trips that the page itself times, one after another, as a person's key presses are. */
async function bridgeFigures(desk: DeskDriver): Promise<Figure[]> {
  const measured = (name: string, input: unknown): Promise<number[]> =>
    desk.page.evaluate(
      async ([called, given, count]) => {
        type Bridge = { call(name: string, input: unknown): Promise<{ ok: boolean }> };
        const { desk: bridge } = window as unknown as { desk: Bridge };
        const took: number[] = [];
        for (let call = 0; call < count + 20; call += 1) {
          const started_ms = performance.now();
          const answer = await bridge.call(called, given);
          if (!answer.ok) throw new Error(`${called} was refused`);
          if (call >= 20) took.push(performance.now() - started_ms);
        }
        return took;
      },
      [name, input, CALLS] as const,
    );
  return [
    figureOf('call from the page, session.state', 'ms', await measured('session.state', {})),
    figureOf('call from the page, customers.search', 'ms', await measured('customers.search', SEARCHED)),
  ];
}

/**
 * From the key press to the painted result; afterwards the same two requests alone, in a process of their own. The
 * median of those is taken off each charge, which leaves the desk's own part.
 */
async function chargeFigures(desk: DeskDriver): Promise<Figure[]> {
  const shown: number[] = [];
  for (let charge = 0; charge < CHARGES + 1; charge += 1) {
    await desk.prepareCard('marisol ort', `${20 + charge}.50`);
    const painted = paintedAt(desk.page, en.payments.words.paid.word);
    await painted.watching;
    const pressed_ms = Date.now();
    await desk.charge();
    const took_ms = (await painted.at_ms) - pressed_ms;
    // The first one loads what the later ones have at hand.
    if (charge > 0) shown.push(took_ms);
    await desk.outcome('paid');
    await desk.nextCustomer();
  }
  const gateway = await gatewayTimes(CHARGES);
  const own = shown.map(took_ms => took_ms - median(gateway));
  return [
    figureOf('Charge key to Paid on the screen', 'ms', shown),
    figureOf('the same two requests at the gateway alone', 'ms', gateway),
    figureOf('Charge key to Paid, less the gateway’s median', 'ms', own),
  ];
}

/**
 * When a heading with this text has been painted, as wall time: pressed here and painted there are two processes of
 * one computer, and the key goes to the frame of the card fields first, so the page cannot time the press.
 */
function paintedAt(page: Page, text: string): { watching: Promise<void>; at_ms: Promise<number> } {
  const watching = page.evaluate(wanted => {
    const found = (): boolean =>
      [...document.querySelectorAll('h1, h2, h3')].some(one => one.textContent?.trim() === wanted);
    const seen = new Promise<number>(resolve => {
      const painted = (): void => {
        requestAnimationFrame(() => setTimeout(() => resolve(Date.now())));
      };
      const observer = new MutationObserver(() => {
        if (!found()) return;
        observer.disconnect();
        painted();
      });
      observer.observe(document.body, { subtree: true, childList: true, characterData: true });
    });
    Object.assign(window, { painted: seen });
  }, text);
  const at_ms = watching.then(() => page.evaluate(() => (window as unknown as { painted: Promise<number> }).painted));
  return { watching, at_ms };
}
