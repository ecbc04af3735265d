/**
 * One value per process. A module imported both by the server entry and by a Next route is loaded twice;
 * only `globalThis` is shared, so pools, caches and the hub are held there.
 */
export function processSingleton<T>(name: string, create: () => T): T {
  const holder = globalThis as Record<symbol, unknown>;
  const key = Symbol.for(`rungs.${name}`);
  if (!(key in holder)) holder[key] = create();
  return holder[key] as T;
}
