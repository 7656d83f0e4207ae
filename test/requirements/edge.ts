import type { Requirement } from "../requirements.ts";

const SECURITY = "docs/explanation/security.md, Requests";

/** What the process that serves the edge on one machine promises beyond the edge's own routes. */
export const requirements: Requirement[] = [
  {
    id: "edge:front:no-runtime-paths",
    promise: "No path or header reaches what the runtime keeps for developers, with or without a token.",
    source: SECURITY,
  },
  {
    id: "edge:front:one-door",
    promise: "One port is all that the edge's processes listen on.",
    source: SECURITY,
  },
  {
    id: "edge:front:true-address",
    promise: "What a request says about its sender's address is not believed; the connection's address is.",
    source: SECURITY,
  },
  {
    id: "edge:front:streams",
    promise:
      "Uploads and answers of any size pass as they come, as do sockets, and a reader's leaving is passed on.",
    source: SECURITY,
  },
  {
    id: "edge:state:found-again",
    promise: "What the edge kept on a machine is there at the next start, also after Floom was updated.",
    source: "docs/explanation/storage.md, On a laptop",
  },
  {
    id: "edge:database:same",
    promise: "A statement is answered on a laptop as the runtime's own local D1 answers it.",
    source: "docs/decisions/0014-the-runtime-without-its-development-server.md",
  },
  {
    id: "edge:front:framing",
    promise: "Whatever bytes a sender makes up, the edge's door answers or closes, and goes on serving.",
    source: SECURITY,
  },
  {
    id: "edge:address:no-host",
    promise: "A request whose Host header is no host is a bad request, and never a failure of the edge.",
    source: "docs/explanation/security.md",
  },
  {
    id: "edge:host:own-names-alone",
    promise:
      "On a machine of one's own the edge answers to loopback and to its public address alone, so that no page can lead its name there.",
    source: SECURITY,
  },
  {
    id: "edge:origin:no-foreign-writes",
    promise: "No page of another site, another port of the machine included, can change anything.",
    source: SECURITY,
  },
  {
    id: "edge:pages:strict-policy",
    promise: "No page allows inline script or style, a frame around it, or anything from elsewhere.",
    source: SECURITY,
  },
  {
    id: "edge:files:never-active",
    promise: "A file that a user or a script has made is never shown or run as a page of this server's.",
    source: SECURITY,
  },
  {
    id: "edge:dial:one-door",
    promise: "An address that a user named is dialled through one door, which dials no private one.",
    source: SECURITY,
  },
  {
    id: "edge:queries:no-growing-scan",
    promise:
      "Every query of the database finds what it wants by an index: none reads more because a workspace has become large.",
    source: "Issue B, point 4",
  },
];
