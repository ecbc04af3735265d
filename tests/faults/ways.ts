/** How the cluster of a run is put together: by the seed, so that with four seeds in a row a fault meets every way. */
export interface Ways {
  /** Instances behind nginx as deploy/nginx has it, or in turn, so that nobody comes back to the instance it left. */
  front: "nginx" | "turns";
  /** How instances reach Redis: over TCP, or by Upstash's REST protocol. */
  redis: "tcp" | "rest";
}

export function waysOf(seed: number): Ways {
  return { front: seed % 2 === 0 ? "nginx" : "turns", redis: Math.floor(seed / 2) % 2 === 0 ? "tcp" : "rest" };
}
