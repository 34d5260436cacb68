import type {
  Bridge,
  CallInput,
  CallName,
  CallOutput,
  EventName,
  EventPayload,
} from '../../../common/contract/index.ts';
import { AppError } from '../../../common/errors.ts';

/** What the preload hangs on the window. This file is its only reader. */
function bridge(): Bridge {
  return (window as unknown as { readonly desk: Bridge }).desk;
}

/**
 * Asks the main process. Answers the value or throws the refusal as an AppError, whose words are in
 * `messages.errors`. The snapshot comes first because Svelte's state proxies do not survive the structured clone.
 */
export async function call<Name extends CallName>(name: Name, input: CallInput<Name>): Promise<CallOutput<Name>> {
  const plain = $state.snapshot(input) as CallInput<Name>;
  const result = await bridge().call(name, plain);
  if (!result.ok) throw new AppError(result.error.code, result.error.details);
  return result.value;
}

/** Hears one kind of announcement; the returned function stops it. Announcements carry ids: ask again for the facts. */
export function on<Name extends EventName>(name: Name, listener: (payload: EventPayload<Name>) => void): () => void {
  return bridge().on((announced, payload) => {
    if (announced === name) listener(payload as EventPayload<Name>);
  });
}

/** What went wrong as a refusal with words: anything that is not one can only be a bug. */
export function asAppError(problem: unknown): AppError {
  return problem instanceof AppError ? problem : new AppError('internal');
}

/**
 * For bugs in the renderer: main keeps the log. Only the message and the stack go, and a failure to report is dropped
 * on purpose, because there is nobody left to tell.
 */
export function reportBug(problem: unknown): void {
  const error = problem instanceof Error ? problem : new Error(String(problem));
  const input = { message: error.message.slice(0, 2000), stack: (error.stack ?? '').slice(0, 8000) };
  bridge()
    .call('log.renderer_error', input)
    .catch(() => undefined);
}
