const INTEGER = /^-?\d{16,}$/;

/**
 * Reads JSON so that writing it again loses nothing: integers of 16 digits and more, which a double can not hold,
 * keep their digits. Throws what JSON.parse throws.
 */
export function parseKeepingDigits(text: string): unknown {
  return JSON.parse(text, keepDigits as never);
}

// Both are of ECMAScript's proposal "JSON.parse source text access", which Node 24 has and its types do not.
function keepDigits(_key: string, value: unknown, context: { readonly source?: string }): unknown {
  const { source } = context;
  if (typeof value !== 'number' || source === undefined || !INTEGER.test(source)) return value;
  return (JSON as unknown as { rawJSON(text: string): unknown }).rawJSON(source);
}
