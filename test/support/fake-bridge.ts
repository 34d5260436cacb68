import { vi } from 'vitest';
import type { ErrorCode, ErrorDetails } from '../../common/errors.ts';

type Answer = { ok: true; value: unknown } | { ok: false; error: { code: ErrorCode; details: ErrorDetails } };
type Input = Record<string, unknown>;

export const give = (value: unknown): Answer => ({ ok: true, value });
export const refuse = (code: ErrorCode, details: ErrorDetails = {}): Answer => ({
  ok: false,
  error: { code, details },
});

/** A bridge for state classes: a test sets the answers by name, sees what was asked, and announces. */
export function fakeBridge(answers: Record<string, (input: Input) => Answer | Promise<Answer>>) {
  const asked: { name: string; input: Input }[] = [];
  const listeners = new Set<(name: string, payload: unknown) => void>();
  const desk = {
    async call(name: string, input: Input): Promise<Answer> {
      asked.push({ name, input });
      return (await answers[name]?.(input)) ?? give({});
    },
    on(listener: (name: string, payload: unknown) => void): () => void {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  vi.stubGlobal('window', { desk });
  return {
    answers,
    asked,
    announce: (name: string, payload: unknown) => listeners.forEach(listener => listener(name, payload)),
    of: (name: string): Input[] => asked.filter(one => one.name === name).map(one => one.input),
  };
}
