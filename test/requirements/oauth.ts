import type { Requirement } from "../requirements.ts";

const SOURCE = "docs/how-to/connect-clients.md";

/** Programs of others that act for a person who has let them in. */
export const requirements: Requirement[] = [
  {
    id: "oauth:flow:public-suite",
    promise:
      "The public conformance suite of MCP finds no fault with this authorization server, a person letting it in on the page.",
    source: SOURCE,
  },
  {
    id: "oauth:flow:foreign-client",
    promise:
      "A strict foreign client of OAuth finds its way in by the documents alone, renews its access and gives it up.",
    source: SOURCE,
  },
  {
    id: "oauth:clients:document",
    promise:
      "A client that is described at its own address is let in without registering, and its document is fetched by the guarded door.",
    source: SOURCE,
  },
  {
    id: "oauth:clients:document-bounds",
    promise:
      "A client's document is refused that is too long, leads elsewhere, is another client's or stands at an address that is not to be dialled.",
    source: SOURCE,
  },
  {
    id: "oauth:consent:every-time",
    promise:
      "Nobody is let in without a signed-in person who says so each time, in a workspace of that person's choice.",
    source: SOURCE,
  },
  {
    id: "oauth:consent:in-words",
    promise:
      "The consent page says who asks and whether anybody has checked that, where one is sent back to, and what it may do, in words.",
    source: SOURCE,
  },
  {
    id: "oauth:request:strict",
    promise:
      "A request with another address to go back to, without a challenge by S256 or for another resource is refused.",
    source: SOURCE,
  },
  {
    id: "oauth:code:once",
    promise: "A code is good once and with its own verifier; used again it ends what came of it.",
    source: SOURCE,
  },
  {
    id: "oauth:refresh:reuse",
    promise:
      "A renewal whose answer was lost is answered again for a moment; one that comes later ends every token of the client.",
    source: SOURCE,
  },
  {
    id: "oauth:clients:revoked-at-once",
    promise:
      "A client that its person disconnects is out at once, and nobody else sees it or can disconnect it.",
    source: SOURCE,
  },
  {
    id: "oauth:clients:member-gone",
    promise:
      "A client of somebody who has left the workspace is out at once, and stays out when they come back.",
    source: SOURCE,
  },
  {
    id: "oauth:token:audience",
    promise: "A client's token opens /mcp of this server and nothing else, and only as long as it is good.",
    source: SOURCE,
  },
  {
    id: "oauth:token:no-decisions",
    promise: "A client decides no approval, and may no more than it was given and its person may now.",
    source: SOURCE,
  },
  {
    id: "oauth:mcp:challenge",
    promise:
      "Whoever asks for tools without a good token is told where a client is let in; a cookie counts for nothing there.",
    source: SOURCE,
  },
  {
    id: "oauth:documents:both-places",
    promise: "The documents of OAuth stand at the root and below it, and name nothing that is not there.",
    source: SOURCE,
  },
  {
    id: "oauth:registration:taken-up",
    promise: "Of what a client says when it registers itself nothing is ever dialled.",
    source: SOURCE,
  },
  {
    id: "oauth:cli:list-and-revoke",
    promise: "`floom clients` shows the programs that act for a person, and disconnects them.",
    source: SOURCE,
  },
  {
    id: "oauth:lazy:not-on-start",
    promise: "The library that speaks OAuth is loaded when it is asked for, and not for a token.",
    source: SOURCE,
  },
];
