import type { TokenResult } from '@square/web-sdk';
import type { TokenizeAnswer } from './bridge.ts';

/** Square's answer as a value of ours. Codes and field names only: its sentences are in English and may quote input. */
export function answerOf(result: TokenResult): TokenizeAnswer {
  switch (result.status) {
    case 'OK': {
      const card = result.details?.card;
      return { kind: 'token', token: result.token, brand: card?.brand ?? null, last4: card?.last4 ?? null };
    }
    case 'Invalid': {
      const fields = result.errors.map(error => ('field' in error ? error.field : undefined));
      return {
        kind: 'invalid',
        fields: fields.filter(field => field !== undefined),
        message_codes: result.errors.map(codeOf),
      };
    }
    case 'Error':
      return { kind: 'failed', reason: result.errors[0] === undefined ? 'unknown' : codeOf(result.errors[0]) };
    case 'Abort':
    case 'Cancel':
      return { kind: 'cancelled' };
    default:
      return { kind: 'failed', reason: 'unknown' };
  }
}

function codeOf(error: { type: string } | Error): string {
  return 'type' in error ? error.type : error.name;
}
