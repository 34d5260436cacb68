/**
 * The origins this app knows. They end in `.localhost`, which never leaves the machine, and each is answered by one
 * session's protocol handler only, so that no page of one origin can be reached from the session of another.
 */
export const DESK_ORIGIN = 'https://desk.tillside.localhost';
export const PAY_ORIGIN = 'https://pay.tillside.localhost';
export const PAPER_ORIGIN = 'https://paper.tillside.localhost';
export const SIMULATOR_SCRIPT_ORIGIN = 'https://web.squarecdn.tillside.localhost';

/** The origin of an address as the browser compares it, or null when the text is no address at all. */
export function originOf(address: string): string | null {
  return URL.canParse(address) ? new URL(address).origin : null;
}
