/** What the runtime itself brings, as far as the workers of a local edge use it. */

declare module "cloudflare:workers" {
  type SqlValue = string | number | ArrayBuffer | null;

  interface SqlCursor {
    readonly columnNames: string[];
    readonly rowsRead: number;
    readonly rowsWritten: number;
    raw(): Iterable<SqlValue[]>;
  }

  interface ObjectState {
    readonly storage: {
      readonly sql: {
        readonly databaseSize: number;
        exec(statement: string, ...values: SqlValue[]): SqlCursor;
      };
      transactionSync<Result>(work: () => Result): Result;
    };
  }

  export class DurableObject {
    protected readonly ctx: ObjectState;
  }
}

declare module "cloudflare-internal:d1-api" {
  /** What each statement is answered; of the values nobody before the script reads any. */
  export interface D1Results {
    results: readonly object[];
  }

  /** What the binding asks under the flag `d1_binding_jsrpc`. */
  export interface D1Calls {
    query(asked: { queries: readonly { sql: string; params?: readonly unknown[] }[] }): Promise<D1Results>;
  }

  /** Makes what a script knows as a D1 database, by asking whoever plays it. */
  export default function makeBinding(env: { fetcher: D1Calls }): object;
}
