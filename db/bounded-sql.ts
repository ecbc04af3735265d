/**
 * A postgres.js client whose every query ends in time, whoever makes it: an answer can fail to come, and no time limit of
 * the server's reaches a client that is cut off. How long a caller waits is `withDeadline`'s to say; this is the longest.
 */
import type { PendingQuery, Sql, TransactionSql } from "postgres";

/** Thrown when Postgres did not answer in time; the statement may still have happened. */
export class DatabaseDeadlineError extends Error {
  override readonly name = "DatabaseDeadlineError";
}

export interface TimeLimits {
  /** Of one statement, the wait for a connection included. */
  statementMs: number;
  /** Of a whole transaction. */
  transactionMs: number;
}

type Client = Sql | TransactionSql;
type Begin = (options: string, work: (tx: TransactionSql) => unknown) => Promise<unknown>;
type Savepoint = (name: string | undefined, work: (tx: TransactionSql) => unknown) => Promise<unknown>;

export function boundedSql<T extends Client>(client: T, limits: TimeLimits): T {
  const bounded = (work: (tx: TransactionSql) => unknown) => (tx: TransactionSql) => work(boundedSql(tx, limits));
  const wrapped: Record<string, unknown> = {
    unsafe: (...args: Parameters<Client["unsafe"]>) => boundQuery(client.unsafe(...args), limits.statementMs),
    begin: (...args: unknown[]) => {
      const work = bounded(args.pop() as (tx: TransactionSql) => unknown);
      const begin = (client as Sql).begin as unknown as Begin;
      return inTime(begin(String(args[0] ?? ""), work), limits.transactionMs);
    },
    savepoint: (...args: unknown[]) => {
      const work = bounded(args.pop() as (tx: TransactionSql) => unknown);
      return ((client as TransactionSql).savepoint as unknown as Savepoint)(args[0] as string | undefined, work);
    },
  };
  return new Proxy(client, {
    // What is called with strings that are no template is a fragment: it is never run by itself.
    apply: (target, self, args) => boundQuery(Reflect.apply(target as never, self, args), limits.statementMs),
    get: (target, name) => (name in target ? (wrapped[String(name)] ?? Reflect.get(target, name)) : undefined),
  });
}

/** postgres.js runs a query once somebody waits for it, and settles it by these members. */
interface Settled {
  handle?: () => Promise<void>;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

function boundQuery<T extends PendingQuery<never> | object>(query: T, ms: number): T {
  const own = query as unknown as Settled;
  const run = own.handle;
  if (!run) return query;
  let timer: NodeJS.Timeout | undefined;
  const { resolve, reject } = own;
  own.resolve = (result) => {
    clearTimeout(timer);
    resolve(result);
  };
  own.reject = (error) => {
    clearTimeout(timer);
    reject(error);
  };
  own.handle = () => {
    own.handle = run;
    timer = setTimeout(() => own.reject(late(ms)), ms);
    return run.call(query);
  };
  return query;
}

/** Rejects with a DatabaseDeadlineError when an operation takes longer; it goes on by itself. */
export async function inTime<T>(operation: PromiseLike<T>, ms: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const expired = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(late(ms)), ms);
  });
  try {
    return await Promise.race([operation, expired]);
  } finally {
    clearTimeout(timer);
  }
}

function late(ms: number): DatabaseDeadlineError {
  return new DatabaseDeadlineError(`Postgres did not answer within ${ms} ms`);
}
