// Owns how the record of changes is followed as it grows. Never changes it, and holds no object awake: the chain is looked at.
import type { Principal } from "#contract/access/access";
import type { StreamAuditQuery } from "#contract/audit/audit";
import type { AuditLink } from "#contract/audit/chain";
import { limits } from "#contract/limits";
import { formatEvent, lastEventId, openEventStream } from "../http/sse.ts";
import { describeError, log } from "../platform/log.ts";
import type { AuditChainApi } from "./chain/chain-api.ts";
import { matchesFilters } from "./match-filters.ts";
import { describeEvent, readFilters } from "./service.ts";
import type { AuditDeps } from "./service.ts";
import type { AuditFilter } from "./store.ts";
import { auditRowForm } from "./stranded-event.ts";

/** So long after a look that found something the next one is made; each that finds nothing doubles it. */
const LOOK_MS = 500;
const LONGEST_LOOK_MS = 4000;
const PLACE_MS = 15_000;

type StreamDeps = Pick<AuditDeps, "clock" | "chain" | "sleep">;

/**
 * What is appended from an entry on, as server-sent events. A stream ends by itself after some minutes, so that whoever may look no
 * more is asked for a token again.
 */
export async function streamAudit(
  deps: StreamDeps,
  { workspace_id }: Principal,
  { request, query }: { request: Request; query: StreamAuditQuery },
): Promise<Response> {
  const chain = deps.chain(workspace_id);
  const seen = lastEventId(request);
  const after = seen > 0 ? seen : (query.after_seq ?? (await chain.sign(workspace_id)).last.seq);
  const { response, writer } = openEventStream();
  let isOpen = true;
  request.signal.addEventListener("abort", () => (isOpen = false), { once: true });
  const reader: Reader = {
    isOpen: () => isOpen,
    // A reader that is slow is waited for: what it has not read is read from the chain later.
    send: async (text) => {
      if (!(await writer.write(text))) isOpen = false;
    },
  };
  void follow(deps, chain, { after, filters: readFilters(query), reader })
    .catch((error: unknown) => log("warn", "audit.stream_broken", { error: describeError(error) }))
    .finally(() => void writer.close());
  return response;
}

interface Reader {
  isOpen: () => boolean;
  send: (text: string) => Promise<void>;
}

async function follow(
  { clock, sleep }: StreamDeps,
  chain: AuditChainApi,
  { after, filters, reader }: { after: number; filters: readonly AuditFilter[]; reader: Reader },
): Promise<void> {
  const until = clock() + limits.audit_stream_seconds.value * 1000;
  let seq = after;
  let waitMs = LOOK_MS;
  let saidAt = clock();
  const say = (text: string) => {
    saidAt = clock();
    return reader.send(text);
  };
  await say(formatPlace(seq));
  while (reader.isOpen() && clock() < until) {
    const links = await chain.read(seq);
    seq = links.at(-1)?.seq ?? seq;
    const told = links.flatMap((link) => formatChosen(link, filters));
    if (told.length > 0) await say(told.join(""));
    else if (clock() - saidAt >= PLACE_MS) await say(formatPlace(seq));
    waitMs = links.length > 0 ? LOOK_MS : Math.min(waitMs * 2, LONGEST_LOOK_MS);
    if (links.length === 0) await sleep(waitMs);
  }
}

/** Where a reader goes on that has seen nothing since; it keeps proxies from giving up on a quiet stream, too. Pure. */
function formatPlace(seq: number): string {
  return formatEvent({ id: seq, name: "place", data: { seq } });
}

/** An entry as it is told; nothing where the filters do not choose it. Pure. */
function formatChosen({ seq, entry }: AuditLink, filters: readonly AuditFilter[]): string[] {
  const row = auditRowForm.readText(entry);
  return matchesFilters(row, filters) ? [formatEvent({ id: seq, data: { ...describeEvent(row), seq } })] : [];
}
