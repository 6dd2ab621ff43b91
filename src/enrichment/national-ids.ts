/** A number that names a person or an account, found in a text. */
export interface PersonalNumber {
  readonly kind: string;
  readonly text: string;
}

interface Scheme {
  readonly kind: string;
  /** Bounded in length, so that each place of a text costs a bounded time. */
  readonly pattern: RegExp;
  /** What the pattern can not say: the number's own check. Letters are in upper case, blanks and signs taken out. */
  readonly isRight: (number: string) => boolean;
}

// Only numbers that tell themselves apart by form or check digits. Plain runs of nine or eleven digits with one check
// digit (Dutch, Polish, German tax numbers) would take one in ten record numbers for a person.
const SCHEMES: readonly Scheme[] = [
  {
    // ISO 13616.
    kind: 'iban',
    pattern: /\b[A-Z]{2}\d{2}(?: ?[A-Z0-9]{4}){2,7}(?: ?[A-Z0-9]{1,3})?\b/g,
    isRight: (number) => number.length >= 15 && number.length <= 34 && isIban(number),
  },
  {
    // United States: areas that were never given out are left out (SSA).
    kind: 'us_ssn',
    pattern: /\b(?!000|666|9\d\d)\d{3}-(?!00)\d{2}-(?!0000)\d{4}\b/g,
    isRight: () => true,
  },
  {
    // Spain: the letter is the rest of a division by 23.
    kind: 'es_dni',
    pattern: /\b[XYZ]?\d{7,8}-?[A-HJ-NP-TV-Z]\b/g,
    isRight: (number) => isDni(number),
  },
  {
    // Italy: decree of 23 December 1976, the last letter is a check.
    kind: 'it_codice_fiscale',
    pattern: /\b[A-Z]{6}\d{2}[A-EHLMPRST]\d{2}[A-Z]\d{3}[A-Z]\b/g,
    isRight: (number) => isCodiceFiscale(number),
  },
  {
    // France: sex, year, month, department, and 97 less the rest of a division by 97.
    kind: 'fr_nir',
    pattern: /\b[12] ?\d{2} ?(?:0[1-9]|1[0-2]) ?(?:\d{2}|2[AB]) ?\d{3} ?\d{3} ?\d{2}\b/g,
    isRight: (number) => isNir(number),
  },
  {
    // Brazil: two check digits.
    kind: 'br_cpf',
    pattern: /\b\d{3}\.\d{3}\.\d{3}-\d{2}\b/g,
    isRight: (number) => isCpf(number),
  },
  {
    // United Kingdom: no check; the form with blanks only.
    kind: 'uk_nino',
    pattern: /\b[A-CEGHJ-PR-TW-Z][A-CEGHJ-NPR-TW-Z] \d{2} \d{2} \d{2} [A-D]\b/g,
    isRight: (number) => !/^(?:BG|GB|KN|NK|NT|TN|ZZ)/.test(number),
  },
];

/** Numbers of persons and accounts in a text, up to a limit of findings. */
export function personalNumbers(text: string, foundMax: number): readonly PersonalNumber[] {
  const found: PersonalNumber[] = [];
  // Every scheme has digits, which most texts of this length have not in number.
  if (!/\d{2}/.test(text)) return found;
  for (const { kind, pattern, isRight } of SCHEMES) {
    for (const [number] of text.matchAll(pattern)) {
      if (found.length >= foundMax) return found;
      if (isRight(number.replaceAll(/[ .-]/g, ''))) found.push({ kind, text: number });
    }
  }
  return found;
}

function isIban(number: string): boolean {
  const moved = number.slice(4) + number.slice(0, 4);
  let rest = 0;
  for (const sign of moved) rest = Number(`${String(rest)}${String(parseInt(sign, 36))}`) % 97;
  return rest === 1;
}

function isDni(number: string): boolean {
  const head = number.charAt(0);
  const lead = head === 'X' ? '0' : head === 'Y' ? '1' : head === 'Z' ? '2' : head;
  const digits = lead + number.slice(1, -1);
  return (
    digits.length === 8 &&
    'TRWAGMYFPDXBNJZSQVHLCKE'.charAt(Number(digits) % 23) === number.slice(-1)
  );
}

// Values of letters and digits at odd places; at even places A is 0 and 0 is 0.
const ODD = [1, 0, 5, 7, 9, 13, 15, 17, 19, 21, 2, 4, 18, 20, 11, 3, 6, 8, 12, 14, 16, 10, 22, 25];

function isCodiceFiscale(number: string): boolean {
  let sum = 0;
  for (let at = 0; at < 15; at += 1) {
    const code = number.charCodeAt(at);
    const value = code >= 65 ? code - 65 : code - 48;
    sum += at % 2 === 1 ? value : (ODD[value] ?? (value === 24 ? 24 : 23));
  }
  return number.charCodeAt(15) - 65 === sum % 26;
}

function isNir(number: string): boolean {
  const digits = number.replace('2A', '19').replace('2B', '18');
  if (!/^\d{15}$/.test(digits)) return false;
  return 97 - (Number(digits.slice(0, 13)) % 97) === Number(digits.slice(13));
}

function isCpf(number: string): boolean {
  if (/^(\d)\1{10}$/.test(number)) return false;
  return [9, 10].every((length) => {
    let sum = 0;
    for (let at = 0; at < length; at += 1) sum += Number(number.charAt(at)) * (length + 1 - at);
    return ((sum * 10) % 11) % 10 === Number(number.charAt(length));
  });
}
