/** Turns any name into one a target takes, each result once: what is not allowed becomes `_`, repeats get a number. */
export function createNaming(allowed: RegExp): (name: string) => string {
  const used = new Set<string>();
  return (name) => {
    const base = [...name].map((character) => (allowed.test(character) ? character : '_')).join('');
    const start = base === '' || /^[0-9]/.test(base) ? `_${base}` : base;
    let unique = start;
    for (let copy = 2; used.has(unique); copy += 1) unique = `${start}_${copy}`;
    used.add(unique);
    return unique;
  };
}

/** `order_items` and `order-items` become `OrderItems`. */
export const pascalCase = (name: string): string =>
  name
    .split(/[^A-Za-z0-9]+/)
    .filter((word) => word !== '')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
