/**
 * Keeps the values of a label few: the first `valuesMax` different ones stand for themselves, every later one is
 * `other`. A registry that grows with what it watches would end the process that watches.
 */
export function boundedLabel(valuesMax: number): (value: string) => string {
  const known = new Set<string>();
  return (value) => {
    if (known.has(value)) return value;
    if (known.size >= valuesMax) return 'other';
    known.add(value);
    return value;
  };
}
