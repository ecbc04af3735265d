type Column = Float64Array | Uint32Array | Uint8Array;

/** The same numbers with room for more. */
export function grown<C extends Column>(column: C, length: number): C {
  const larger = new (column.constructor as new (length: number) => C)(length);
  larger.set(column);
  return larger;
}
