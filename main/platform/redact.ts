/**
 * The one filter in front of every log line. Handlers never log inputs, so this is the net under the net: tokens,
 * addresses, telephone numbers and anything shaped like a card number are replaced, whatever field they came in.
 */
const PATTERNS: readonly (readonly [RegExp, string])[] = [
  [/\bEAAA[\w-]{8,}/g, '[token]'],
  [/\bsq0[a-z]{3}-[\w-]{8,}/g, '[token]'],
  [/\b(?:cnon|ccof|bnon|wnon|bauth|bact):[\w-]+/g, '[card token]'],
  [/\bBearer\s+[\w.~+/-]+=*/gi, 'Bearer [token]'],
  // Bounded, because without a bound a long text without an end would take quadratic time.
  [/[^\s@"'<>]{1,254}@[^\s@"'<>]{1,254}\.[a-z]{2,}/gi, '[e-mail]'],
  [/\b[0-9A-HJKMNP-TV-Z]{4}(?:[ -][0-9A-HJKMNP-TV-Z]{4}){7}\b/gi, '[recovery key]'],
  // As wide as the rule that keeps card numbers out of free text: whatever is refused there must not stay here.
  [/\p{Nd}(?:[\s\p{Pd}\p{Cf}._/|,:;*]{0,3}\p{Nd}){12,}/gu, '[digits]'],
  [/\+\d{1,3}(?:[\s().-]{0,2}\d){6,12}/g, '[telephone]'],
  [/\+?\(?\d{3}\)?[\s.-]\d{3}[\s.-]\d{4}/g, '[telephone]'],
];

export function redact(text: string): string {
  let clean = text;
  for (const [pattern, replacement] of PATTERNS) clean = clean.replace(pattern, replacement);
  return clean;
}

type Details = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** Redacts the texts among a log line's fields; numbers are times, counts and sizes and stay. */
export function redactDetails(details: Details): Details {
  return Object.fromEntries(
    Object.entries(details).map(([name, value]) => [name, typeof value === 'string' ? redact(value) : value]),
  );
}
