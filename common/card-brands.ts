/** Square's names of card brands, as people know them. One that is not listed is just a card. */
const NAMES: Readonly<Record<string, string>> = {
  VISA: 'Visa',
  MASTERCARD: 'Mastercard',
  AMERICAN_EXPRESS: 'American Express',
  DISCOVER: 'Discover',
  DISCOVER_DINERS: 'Diners Club',
  JCB: 'JCB',
  CHINA_UNIONPAY: 'UnionPay',
};

export function cardBrandName(brand: string): string {
  return NAMES[brand] ?? 'Card';
}
