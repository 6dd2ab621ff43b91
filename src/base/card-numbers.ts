/**
 * Where a payment card number that begins at this digit ends, or undefined. Groups may be parted by
 * single blanks or dashes. An issuer's range, its length and the check digit must all fit: any one
 * of them alone would take one in ten record numbers and times for a card.
 */
export function cardNumberEnd(text: string, from: number): number | undefined {
  const length = cardLength(text, from);
  if (length === 0) return undefined;
  let sum = 0;
  let digits = 0;
  let at = from;
  while (digits < length) {
    const digit = digitAt(text, at);
    if (digit < 0) {
      const isSeparator = text.charAt(at) === ' ' || text.charAt(at) === '-';
      if (!isSeparator || digitAt(text, at + 1) < 0) return undefined;
    } else {
      // Luhn (ISO/IEC 7812-1): every second digit from the right counts double.
      const isDoubled = (length - digits) % 2 === 0;
      sum += isDoubled ? (digit > 4 ? 2 * digit - 9 : 2 * digit) : digit;
      digits++;
    }
    at++;
  }
  return sum % 10 === 0 && !/[A-Za-z0-9]/.test(text.charAt(at)) ? at : undefined;
}

function digitAt(text: string, at: number): number {
  const digit = at < text.length ? text.charCodeAt(at) - 0x30 : -1;
  return digit >= 0 && digit <= 9 ? digit : -1;
}

/** Issuer ranges of ISO/IEC 7812 in use: first number, last number, length of the card number. */
const RANGES: readonly (readonly [number, number, number])[] = [
  [3000, 3059, 14],
  [3400, 3499, 15],
  [3528, 3589, 16],
  [3600, 3699, 14],
  [3700, 3799, 15],
  [3800, 3999, 14],
  [4000, 4999, 16],
  [2221, 2720, 16],
  [5100, 5599, 16],
  [6011, 6011, 16],
  [6200, 6299, 16],
  [6440, 6599, 16],
];

function cardLength(text: string, from: number): number {
  let start = 0;
  for (let index = 0; index < 4; index++) {
    const digit = digitAt(text, from + index);
    if (digit < 0) return 0;
    start = start * 10 + digit;
  }
  for (const [first, last, length] of RANGES) {
    if (start >= first && start <= last) return length;
  }
  return 0;
}
