import { largestPayment, type AmountProblem, type Currency } from '../../../../common/money.ts';
import { decimalsOf, type Format } from '../../lib/format.ts';
import { messages } from '../../lib/messages/messages.ts';

/** The sentence under an amount field. */
export function problemText(problem: AmountProblem, currency: Currency, format: Format): string {
  const texts = messages.collect.amountProblems;
  if (problem === 'decimals') return texts.decimals(decimalsOf(currency));
  if (problem === 'large') return texts.large(format.money(largestPayment(currency)));
  return texts[problem];
}
