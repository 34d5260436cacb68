import type { Planted } from './evidence.ts';

/** The text with every change made. A change whose place is not there exactly once would prove nothing. */
export function plant(text: string, planted: readonly Pick<Planted, 'find' | 'replace'>[]): string {
  return planted.reduce((sofar, { find, replace }) => {
    const count = sofar.split(find).length - 1;
    if (count !== 1) throw new Error(`The text to plant in occurs ${count} times, not once: ${find.slice(0, 80)}`);
    return sofar.replace(find, () => replace);
  }, text);
}
