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
  /** Of an answer the binding reads no more than this. */
  interface Fetcher {
    fetch(url: string, init: { body: string }): Promise<Response>;
  }

  /** Makes what a script knows as a D1 database, by asking whoever plays it. */
  export default function makeBinding(env: { fetcher: Fetcher }): object;
}
