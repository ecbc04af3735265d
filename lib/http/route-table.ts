/** Finds the handler of a path, by the same patterns as the folders below app/ (`[board]` stands for one segment). */

/** A route file's exports: handlers by method. */
export type RouteModule = object;

export type Params = Record<string, string>;

export interface Route {
  /** As in the documentation: `/api/v1/boards/{board}`. */
  template: string;
  module: RouteModule;
  params: Params;
}

interface Pattern {
  template: string;
  segments: string[];
  module: RouteModule;
}

export class RouteTable {
  readonly #patterns: Pattern[];
  readonly #prefixes: Set<string>;

  /** @param routes modules by path, such as `/api/v1/boards/[board]` */
  constructor(routes: Readonly<Record<string, RouteModule>>) {
    this.#patterns = Object.entries(routes).map(([path, module]) => ({
      ...{ template: path.replace(/\[(?:\.\.\.)?(\w+)\]/g, "{$1}"), segments: path.split("/").slice(1), module },
    }));
    this.#prefixes = new Set(this.#patterns.map(({ segments }) => segments[0] ?? ""));
  }

  /** Whether the address lies in the part of the site that the table answers for. */
  covers(url: string): boolean {
    const first = /^\/([^/?#]*)/.exec(url)?.[1];
    return first !== undefined && this.#prefixes.has(first);
  }

  /** Null when no pattern fits. Throws a URIError for a malformed escape. */
  find(pathname: string): Route | null {
    const segments = pathname.split("/").slice(1);
    for (const pattern of this.#patterns) {
      const params = match(pattern.segments, segments);
      if (params) return { template: pattern.template, module: pattern.module, params };
    }
    return null;
  }
}

function match(pattern: readonly string[], segments: readonly string[]): Params | null {
  const params: Params = {};
  for (const [i, part] of pattern.entries()) {
    const name = /^\[(\w+)\]$/.exec(part)?.[1];
    const segment = segments[i];
    if (segment === undefined) return null;
    if (name !== undefined) params[name] = decodeURIComponent(segment);
    else if (part !== segment) return null;
  }
  return pattern.length === segments.length ? params : null;
}
