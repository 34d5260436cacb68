import type { Square } from '@square/web-sdk';

const LIMIT_MS = 15_000;

/**
 * Loads Square's script through a fresh element. Rejects when it does not arrive in 15 s, cannot be loaded, or is not
 * Square's. After a rejection only loading the whole page again helps: the script keeps what it began.
 */
export function loadSquare(scriptUrl: string): Promise<Square> {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    const timer = setTimeout(() => fail('script_timeout'), LIMIT_MS);
    const fail = (name: string) => {
      clearTimeout(timer);
      script.remove();
      reject(Object.assign(new Error(`Square's script could not be used: ${name}.`), { name }));
    };
    script.addEventListener('error', () => fail('script_not_loaded'));
    script.addEventListener('load', () => {
      clearTimeout(timer);
      const square = (window as Window & { Square?: Square }).Square;
      if (square === undefined) fail('script_without_square');
      else resolve(square);
    });
    script.src = scriptUrl;
    document.head.append(script);
  });
}
