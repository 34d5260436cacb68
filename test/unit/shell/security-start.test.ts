import { describe, expect, test } from 'vitest';
import { judgeStart, refusalSentence, weakenedSentence, type StartFacts } from '../../../main/shell/start-guards.ts';
import {
  DANGEROUS_SWITCHES,
  DANGEROUS_VARIABLES,
  REFUSED_ALWAYS,
  SECRET,
} from '../../electron-points/dangerous-starts.ts';

const start = (given: Partial<StartFacts>): StartFacts => ({
  ...{ switches: [], runtimeSwitches: [], variables: {}, isPackaged: true, platform: 'linux' },
  bundle: 'file:///opt/Tillside/resources/app.asar/dist/main/index.js',
  ...given,
});
const developing = (given: Partial<StartFacts>): StartFacts =>
  start({ isPackaged: false, bundle: 'file:///home/x/tillside/dist/main/index.js', ...given });

describe('a packaged app', () => {
  test('has more than thirty dangers to be tried with', () => {
    expect(DANGEROUS_SWITCHES.length + DANGEROUS_VARIABLES.length).toBeGreaterThan(80);
  });

  test.each(DANGEROUS_SWITCHES)('does not start with %j, and says so without its value', given => {
    const { refused } = judgeStart(start({ switches: [given] }));
    expect(refusalSentence(refused!)).toContain('start Tillside again');
    expect(refusalSentence(refused!)).not.toContain(SECRET);
  });

  test.each(DANGEROUS_VARIABLES)('does not start with %s set, and starts when it is empty', name => {
    const { refused } = judgeStart(start({ variables: { [name]: SECRET } }));
    expect(refusalSentence(refused!)).toContain(name.toUpperCase());
    expect(refusalSentence(refused!)).not.toContain(SECRET);
    expect(judgeStart(start({ variables: { [name]: '' } })).refused).toBeNull();
  });

  test('does not start with a switch that it does not know, so that a new one opens nothing', () => {
    expect(judgeStart(start({ switches: ['--invented-tomorrow=1'] })).refused).toEqual({
      kind: 'unknown switch',
      name: 'invented-tomorrow',
    });
  });

  test('looks at what its runtime was given as well', () => {
    expect(judgeStart(start({ runtimeSwitches: ['--tls-keylog=/x'] })).refused?.name).toBe('tls-keylog');
  });

  test('starts with what systems and people do give it', () => {
    const switches = [
      ...['--data', '/home/x/Tillside', '--password-store=gnome-libsecret', '--force-device-scale-factor=2'],
      ...['/home/x/a.pdf', '/opt/no-sandbox', '-', '--', '--ozone-platform-hint=auto', '--quick-passwords', ''],
    ];
    const variables = { PATH: '/usr/bin', LANG: 'C', LD_LIBRARY_PATH: '/opt', HTTPS_PROXY: 'http://proxy:8080' };
    expect(judgeStart(start({ switches, variables }))).toEqual({ refused: null, weakened: [] });
  });

  test('reads a slash as a switch on Windows alone, and knows what the Finder adds', () => {
    expect(judgeStart(start({ switches: ['/unknown'], platform: 'win32' })).refused?.name).toBe('unknown');
    expect(judgeStart(start({ switches: ['/unknown'] })).refused).toBeNull();
    expect(judgeStart(start({ switches: ['/inspect'], platform: 'win32' })).refused?.kind).toBe('switch');
    const fromFinder = ['-psn_0_12345', '-AppleLanguages', '(de)', '-NSQuitAlwaysKeepsWindows'];
    expect(judgeStart(start({ switches: fromFinder, platform: 'darwin' })).refused).toBeNull();
    expect(judgeStart(start({ switches: fromFinder })).refused?.kind).toBe('unknown switch');
  });

  test('does not start under another name, under which it would take itself for a developer’s', () => {
    const { refused } = judgeStart(start({ isPackaged: false }));
    expect(refusalSentence(refused!)).toContain('renamed or copied');
  });
});

describe('a start for development', () => {
  test('goes on with a debugger and foreign certificates, and names them without their values', () => {
    const { refused, weakened } = judgeStart(
      developing({ switches: ['--inspect=0.0.0.0:1'], variables: { NODE_EXTRA_CA_CERTS: '/home/x/a.pem' } }),
    );
    expect(refused).toBeNull();
    expect(weakened.map(({ name }) => name)).toEqual(['inspect', 'NODE_EXTRA_CA_CERTS']);
    expect(weakenedSentence(weakened)).toContain('--inspect, NODE_EXTRA_CA_CERTS');
    expect(weakenedSentence(weakened)).not.toMatch(/0\.0\.0\.0|a\.pem/);
  });

  test('finds what is hidden among the options of Node', () => {
    expect(
      judgeStart(developing({ variables: { NODE_OPTIONS: '--max-old-space-size=1 --tls-keylog=/x' } })).refused,
    ).toEqual({ kind: 'switch', name: 'tls-keylog' });
    expect(judgeStart(developing({ variables: { NODE_OPTIONS: '--inspect' } })).weakened).toHaveLength(2);
  });

  test.each(REFUSED_ALWAYS.switches)('is refused with %s', given => {
    expect(judgeStart(developing({ switches: [given] })).refused).not.toBeNull();
  });

  test.each(REFUSED_ALWAYS.variables)('is refused with %s', name => {
    expect(judgeStart(developing({ variables: { [name]: '1' } })).refused).not.toBeNull();
  });

  test('of the preview, which is a Node that loads a stand-in, is not weakened by that alone', () => {
    expect(
      judgeStart(developing({ runtimeSwitches: ['--import', 'file:///register.ts'], switches: ['--headless'] })),
    ).toEqual({ refused: null, weakened: [] });
  });
});
