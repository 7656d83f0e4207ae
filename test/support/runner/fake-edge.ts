import { createHash, createHmac } from "node:crypto";
import { createServer } from "node:http";
import type { IncomingMessage, Server, ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { journalPostQuerySchema, runFileQuerySchema } from "#contract/runner/runner";
import type { JournalAnswer } from "#contract/runner/runner";

type Route = "journal" | "files";

/** What happens to a request: answered properly, with a bare status, or by breaking the connection. */
type Fate = "answer" | "drop" | number;

/** The edge as a runner sees it: journal by offset, files, and every way to be away. */
export class FakeEdge {
  readonly token = "run-token-0123456789";
  /** The journal as taken so far, which must always be a prefix of the runner's own file. */
  journal = Buffer.alloc(0);
  readonly posts: { offset: number; bytes: number }[] = [];
  readonly files = new Map<string, { body: Buffer; mediaType: string | undefined }>();
  readonly problems: string[] = [];
  /** Whether a word to stop carries its proof, as the true edge's does. */
  provesStop = true;
  answer: Omit<JournalAnswer, "next_offset"> = { flush_ms: 50, heartbeat_ms: 1000, stop: false };
  /** Decides about each request; `repeat` counts requests to the route from 1. */
  decide: (route: Route, repeat: number) => Fate = () => "answer";
  /** How many posts may start behind what was taken: as many as the test made the edge forget. */
  gapsAllowed = 0;
  /** Answers what a script asks about calls of other workers; `path` begins behind the run. */
  answerCall:
    ((method: string, path: string, body: unknown) => { status: number; document: unknown }) | null = null;
  /** Answers what a script asks of its store; `path` begins behind the run. */
  answerStore:
    | ((asked: { method: string; path: string; headers: IncomingMessage["headers"]; body: Buffer }) => {
        status: number;
        headers?: Record<string, string>;
        body: string | Buffer;
      })
    | null = null;
  /** Answers what else a script asks of its run by name; `path` begins behind the run. */
  answerRun: FakeEdge["answerStore"] = null;
  /** Called with the journal's text after each post that was taken. */
  onJournal: (text: string) => void = () => undefined;
  #counts: Record<Route, number> = { journal: 0, files: 0 };
  #server: Server;
  #port = 0;

  constructor() {
    this.#server = this.#createServer();
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  /** Listens; after `stop` on the same port as before. */
  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(this.#port, "127.0.0.1", resolve));
    this.#port = (this.#server.address() as AddressInfo).port;
  }

  /** Goes away like a killed process: open connections break off. */
  async stop(): Promise<void> {
    const closed = new Promise((resolve) => this.#server.close(resolve));
    this.#server.closeAllConnections();
    await closed;
    this.#server = this.#createServer();
  }

  /** Makes room for the next attempt. */
  forget(): void {
    this.journal = Buffer.alloc(0);
    this.posts.length = 0;
    this.files.clear();
  }

  #createServer(): Server {
    return createServer((request, response) => {
      this.#serve(request, response).catch((error: unknown) => {
        // Who breaks off in the middle, as one that is ended does, has asked nothing.
        if (request.complete) this.problems.push(String(error));
        response.destroy();
      });
    });
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", this.url);
    const match = /^\/api\/runs\/run_test\/runner\/(journal|files)$/.exec(url.pathname);
    const route = match?.[1] as Route | undefined;
    const body = await readAll(request);
    const callPath = /^\/api\/runs\/run_test(\/calls.*)$/.exec(`${url.pathname}${url.search}`)?.[1];
    if (this.answerCall && callPath !== undefined) {
      const asked = body.length > 0 ? (JSON.parse(body.toString()) as unknown) : null;
      const { status, document } = this.answerCall(request.method ?? "", callPath, asked);
      reply(response, status, document);
      return;
    }
    const storePath = /^\/api\/runs\/run_test\/store(.*)$/.exec(`${url.pathname}${url.search}`)?.[1];
    if (this.answerStore && storePath !== undefined) {
      const { method = "", headers } = request;
      const answer = this.answerStore({ method, path: storePath, headers, body });
      response.writeHead(answer.status, answer.headers).end(answer.body);
      return;
    }
    const runPath = /^\/api\/runs\/run_test(\/(?:connections|llm|embeddings).*)$/.exec(
      `${url.pathname}${url.search}`,
    )?.[1];
    if (this.answerRun && runPath !== undefined) {
      const { method = "", headers } = request;
      const answer = this.answerRun({ method, path: runPath, headers, body });
      response.writeHead(answer.status, answer.headers).end(answer.body);
      return;
    }
    if (route === undefined || request.headers.authorization !== `Bearer ${this.token}`) {
      this.problems.push(`refused ${request.method} ${request.url}`);
      reply(response, 401, {});
      return;
    }
    const fate = this.decide(route, ++this.#counts[route]);
    if (fate === "drop") request.socket.destroy();
    else if (fate !== "answer") reply(response, fate, { code: "problem" });
    else if (route === "journal") this.#takeJournal(url, body, response);
    else this.#takeFile(url, body, response);
  }

  #takeJournal(url: URL, body: Buffer, response: ServerResponse): void {
    const { attempt, offset } = journalPostQuerySchema.parse(Object.fromEntries(url.searchParams));
    this.posts.push({ offset, bytes: body.length });
    if (body.length > 0 && body.at(-1) !== 0x0a) this.problems.push("a post does not end with a line");
    if (offset > this.journal.length && this.gapsAllowed-- <= 0) this.problems.push("a post leaves a gap");
    const fresh =
      offset > this.journal.length ? Buffer.alloc(0) : body.subarray(this.journal.length - offset);
    this.journal = Buffer.concat([this.journal, fresh]);
    const proof = createHmac("sha256", this.token).update(`stop:run_test:${attempt}`).digest("hex");
    const proven = this.answer.stop && this.provesStop ? { stop_proof: proof } : {};
    reply(response, 200, { ...this.answer, ...proven, next_offset: this.journal.length });
    this.onJournal(this.journal.toString());
  }

  #takeFile(url: URL, body: Buffer, response: ServerResponse): void {
    const query = runFileQuerySchema.parse(Object.fromEntries(url.searchParams));
    if (query.sha256 !== createHash("sha256").update(body).digest("hex"))
      this.problems.push(`${query.path} is not what its digest says`);
    this.files.set(query.path, { body, mediaType: query.media_type });
    reply(response, 200, { stored: true });
  }
}

function reply(response: ServerResponse, status: number, document: unknown): void {
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(document));
}

async function readAll(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
