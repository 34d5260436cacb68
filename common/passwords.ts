/** What a new password must be. Length is what counts; no rule about digits or signs, and pasting is welcome. */
export const SHORTEST_PASSWORD = 8;
export const LONGEST_PASSWORD = 128;

/** The first guesses of everybody who guesses, as far as they are long enough to be chosen here. Lower case. */
const COMMON = new Set(
  `password passw0rd password1 password12 password123 password1234 password! passwort passwort1 12345678 123456789
  1234567890 12341234 11223344 87654321 987654321 0987654321 11111111 00000000 12121212 123123123 1q2w3e4r 1q2w3e4r5t
  1qaz2wsx qwertyui qwertyuiop qwerty123 qwerty1234 qwerty12 qwertz123 qwertzui asdfghjk asdfghjkl zxcvbnm1 zxcvbnm123
  abcd1234 abc12345 abcdefgh abcdefg1 a1b2c3d4 iloveyou iloveyou1 iloveyou2 letmein1 letmein123 welcome1 welcome12
  welcome123 welcome1234 sunshine sunshine1 princess princess1 football football1 baseball baseball1 basketball
  superman superman1 batman123 starwars starwars1 trustno1 whatever whatever1 computer computer1 internet internet1
  michael1 jennifer jennifer1 jessica1 charlie1 jordan23 michelle danielle victoria corvette mercedes maverick
  midnight butterfly chocolate chocolate1 elephant dolphin1 dolphins freedom1 hello123 hello1234 hellohello monkey123
  dragon123 shadow123 master123 killer123 login123 admin123 admin1234 administrator root1234 test1234 testtest
  guest123 changeme changeme1 changeme123 default1 secret123 secret12 summer2024 summer2025 summer2026 winter2024
  winter2025 winter2026 spring2025 spring2026 autumn2025 autumn2026 january1 october1 december lovelove loveyou1
  liverpool arsenal1 chelsea1 steelers cowboys1 yankees1 lakers24 pokemon1 minecraft samsung1 google123 facebook
  facebook1 linkedin instagram blink182 matrix123 access14 mustang1 cookie123 flower123 reception frontdesk frontdesk1
  tillside tillside1 tillside123 cashier1 cashier123 register1 payments payment1 payment123 office123 office1234
  company1 company123 business dentist1 checkout squareup square123`
    .split(/\s+/)
    .filter(word => word !== ''),
);

export type PasswordProblem = 'short' | 'long' | 'common';

/** Null when the password may be chosen. One character again and again, and plain runs, are as common as a word. */
export function passwordProblem(password: string): PasswordProblem | null {
  const letters = [...password.normalize('NFKC')];
  if (letters.length < SHORTEST_PASSWORD) return 'short';
  if (letters.length > LONGEST_PASSWORD) return 'long';
  const plain = letters.join('').toLowerCase().trim();
  return COMMON.has(plain) || new Set(plain).size < 3 || isRun(plain) ? 'common' : null;
}

/** 23456789, hgfedcba: each character is the next of the one before. */
function isRun(text: string): boolean {
  const steps = [...text].slice(1).map((letter, index) => letter.codePointAt(0)! - text.codePointAt(index)!);
  return steps.every(step => step === 1) || steps.every(step => step === -1);
}
