/**
 * Makes a question that may be asked often, such as after every announcement, into one that is never asked twice at
 * once: while one is on its way, any number of further ones become a single one after it.
 */
export function oneAtATime(ask: () => Promise<void>): () => void {
  let asking = false;
  let again = false;
  async function run(): Promise<void> {
    if (asking) {
      again = true;
      return;
    }
    asking = true;
    try {
      await ask();
    } finally {
      asking = false;
    }
    if (!again) return;
    again = false;
    void run();
  }
  return () => void run();
}
