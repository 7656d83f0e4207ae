import { defineRoute } from "../route.ts";
import { auditPageSchema, listAuditQuerySchema, streamAuditQuerySchema } from "./audit.ts";
import { verifiedPartSchema, verifyAuditQuerySchema } from "./chain.ts";

export const auditRoutes = {
  listAuditEvents: defineRoute({
    id: "listAuditEvents",
    method: "GET",
    path: "/api/audit",
    tag: "Audit",
    summary: "List who changed what, newest first",
    description:
      "Every request that changed something or was refused, with who asked, and every outcome of a call through the gate. Filters may be combined. One answer looks at so many events at most: with several filters a page may be short, or empty, and still have a `next_cursor`.",
    access: "audit:read",
    query: listAuditQuerySchema,
    answer: { kind: "json", status: 200, schema: auditPageSchema, description: "A page of events." },
    problems: [],
  }),
  streamAuditEvents: defineRoute({
    id: "streamAuditEvents",
    method: "GET",
    path: "/api/audit/stream",
    tag: "Audit",
    summary: "Follow the record of changes as server-sent events",
    description:
      "Each event's data is an event with `seq`, the number of its entry in the chain, which is its id too. An event named `place` says how far the stream has come where the filters chose nothing. Send `Last-Event-ID`, or `after_seq`, to go on behind an entry; without both it begins with what comes from now on. Takes the filters of the list. New entries come within seconds. A stream ends after some minutes: open it again where you were.",
    access: "audit:read",
    query: streamAuditQuerySchema,
    answer: { kind: "stream", status: 200, media_type: "text/event-stream", description: "Events." },
    problems: [],
  }),
  verifyAudit: defineRoute({
    id: "verifyAudit",
    method: "GET",
    path: "/api/audit/verify",
    tag: "Audit",
    summary: "Judge whether the record of changes is what was written",
    description:
      "Goes through the chain part by part: every hash, every MAC, the table that lists are read from, and the last signed checkpoint. Ask again with `next` until it is null; `broken` names the first entry that was changed, moved, added or removed.",
    access: "audit:read",
    query: verifyAuditQuerySchema,
    answer: {
      kind: "json",
      status: 200,
      schema: verifiedPartSchema,
      description: "What became of one part.",
    },
    problems: ["invalid_request"],
  }),
  exportAudit: defineRoute({
    id: "exportAudit",
    method: "GET",
    path: "/api/audit/export",
    tag: "Audit",
    summary: "Take the record of changes away, with its proof",
    description:
      "One JSON document a line: where the chain begins, each entry with its hash, and the signed end. `floom audit verify --file` judges it without asking anybody.",
    access: "audit:read",
    answer: {
      kind: "stream",
      status: 200,
      media_type: "application/x-ndjson",
      description: "The chain, oldest entry first.",
    },
    problems: [],
  }),
} as const;
