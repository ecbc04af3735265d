/** Orders strings by code point, as UTF-8 bytes and Postgres' "C" collation do; `<` compares UTF-16 units. */
export function compareCodePoints(a: string, b: string): number {
  const length = Math.min(a.length, b.length);
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return sortableUnit(x) - sortableUnit(y);
  }
  return a.length - b.length;
}

/** Moves surrogates (code points above U+FFFF) behind U+E000..U+FFFF, where their code points belong. */
function sortableUnit(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x2000 : unit >= 0xe000 ? unit - 0x800 : unit;
}
