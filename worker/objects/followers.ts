import type { RunEvent } from "#contract/runs/run-event";
import type { Clock } from "../platform/clock.ts";
import { describeError, log } from "../platform/log.ts";
import type { EngineDeps } from "../runs/engine/run-handle.ts";
import type { RunEngine } from "../runs/engine/run-engine.ts";
import type { FollowMessage } from "../runs/read/follow.ts";
import { statusOf } from "../runs/lifecycle/run-status.ts";

const PAGE_EVENTS = 500;
/** What a follower is there for. */
const WATCHES = "watches";
const AWAITS_END = "awaits-end";
const questionForm = /^\/questions\/(\w{1,200})$/;

/** Those who follow a run over sockets: who watches gets every event, who waits for its end those that tell where it stands. */
export class Followers {
  readonly #ctx: DurableObjectState;
  readonly #engine: RunEngine;
  readonly #clock: Clock;

  constructor(ctx: DurableObjectState, engine: RunEngine, clock: Clock) {
    this.#ctx = ctx;
    this.#engine = engine;
    this.#clock = clock;
  }

  /** What a run's engine tells them by, and how many watch, whom it hurries for. */
  static heard(ctx: DurableObjectState): Pick<EngineDeps, "broadcast" | "show" | "watchers"> {
    return {
      broadcast: (events) => Followers.tell(ctx, events),
      show: (live) => sendTo(ctx, WATCHES, { live }),
      watchers: () => ctx.getWebSockets(WATCHES).length,
    };
  }

  /** Tells followers what has happened. */
  static tell(ctx: DurableObjectState, events: readonly RunEvent[]): void {
    send(ctx, WATCHES, events);
    send(
      ctx,
      AWAITS_END,
      events.filter(({ type }) => type === "status" || type === "close"),
    );
  }

  /**
   * `GET /follow?after=N` with an upgrade: events after N, then each as it comes, until `close`. With `what=end` only
   * those that say where the run stands: whoever waits for the end is sent no log, and is nobody to hurry for. At
   * `/questions/{id}` whoever upgrades is told when somebody posts there: nobody will answer that question.
   */
  answer(request: Request): Response {
    const { pathname, searchParams } = new URL(request.url);
    const [, question] = questionForm.exec(pathname) ?? [];
    if (question !== undefined && request.method === "POST") {
      sendTo(this.#ctx, question, { left: true });
      return new Response(null, { status: 204 });
    }
    const { 0: client, 1: server } = new WebSocketPair();
    const after = Number(searchParams.get("after") ?? "0");
    if (question === undefined) this.accept(server, { after, awaitsEnd: searchParams.get("what") === "end" });
    else this.#ctx.acceptWebSocket(server, [question]);
    return new Response(null, { status: 101, webSocket: client });
  }

  /** Takes a follower in and sends it what it has not seen, the events after the one of number `after`. */
  accept(socket: WebSocket, { after, awaitsEnd }: { after: number; awaitsEnd: boolean }): void {
    this.#ctx.acceptWebSocket(socket, [awaitsEnd ? AWAITS_END : WATCHES]);
    if (awaitsEnd) this.#sendMilestones(socket, after);
    else this.#sendBacklog(socket, after);
  }

  #sendBacklog(socket: WebSocket, after: number): void {
    for (let from = after; ;) {
      const page = this.#engine.eventsAfter(from, PAGE_EVENTS);
      if (!page) return socket.send(JSON.stringify({ archived: true }));
      socket.send(JSON.stringify({ events: page.events }));
      from = page.events.at(-1)?.seq ?? from;
      if (!page.more) break;
    }
    this.#sendClose(socket, after);
  }

  #sendMilestones(socket: WebSocket, after: number): void {
    const events = this.#engine.record?.milestones.filter(({ seq }) => seq > after) ?? [];
    if (events.length > 0) socket.send(JSON.stringify({ events }));
    this.#sendClose(socket, after);
  }

  /** A reader who has seen everything still learns that there is no more to come. */
  #sendClose(socket: WebSocket, after: number): void {
    const record = this.#engine.record;
    const ended = record?.state.phase === "ended" && (record.milestones.at(-1)?.seq ?? 0) <= after;
    if (!record || !ended) return;
    const close = {
      type: "close",
      seq: after,
      timestamp: new Date(this.#clock()).toISOString(),
      status: statusOf(record.state),
    };
    socket.send(JSON.stringify({ events: [close] }));
  }
}

function send(ctx: DurableObjectState, tag: string, events: readonly RunEvent[]): void {
  if (events.length > 0) sendTo(ctx, tag, { events });
}

function sendTo(ctx: DurableObjectState, tag: string, told: FollowMessage | { left: true }): void {
  const message = JSON.stringify(told);
  for (const socket of ctx.getWebSockets(tag)) {
    try {
      socket.send(message);
    } catch (error) {
      // One that is closing takes nothing any more: that is nothing to the run, nor to the others.
      log("info", "run.follower_gone", { error: describeError(error) });
    }
  }
}
