/** Something the clients of the first Floom can ask for that this server does not have. */
export interface MissingFeature {
  /** In the words of a reader: "There are no <what> here". */
  what: string;
  /** Paths below /api that belong to it. No route of the table may be among them: a test sees to it. */
  paths: RegExp;
  /** The methods that are missing, where others of the same paths are there; absent for all. */
  methods?: readonly string[];
}

/**
 * What the clients of the first Floom know and this server does not. A request to any of these is refused by name, so
 * that a program and its user read what is missing instead of "no such route". Whoever builds one takes its line out.
 */
const missingFeatures: readonly MissingFeature[] = [
  { what: "contexts (shared folders of knowledge)", paths: /^\/api\/workers\/[^/]+\/contexts(?:\/|$)/ },
  {
    what: "connections by these addresses (see /api/connections)",
    paths:
      /^\/api\/connections\/(?:mcp$|[^/]+\/(?:status|activity|account-info|peek)$|authorize\/|auth-configs\/)/,
  },
  { what: "a catalogue of apps", paths: /^\/api\/integrations(?:\/|$)/ },
  {
    what: "actions of agents to approve",
    paths: /^\/api\/approvals\/[^/]+\/(?:approve|reject)-action$/,
  },
  { what: "conversations with an assistant", paths: /^\/api\/(?:chat|conversations)(?:\/|$)/ },
  {
    what: "workers drafted from a prompt",
    paths: /^\/api\/workers\/(?:draft-from-prompt|draft-and-create|new\/from-prompt|[^/]+\/suggest)$/,
  },
  {
    what: "instructions and history of the workspace",
    paths: /^\/api\/workspace$/,
    methods: ["GET", "PUT", "POST"],
  },
  {
    what: "instructions and history of the workspace",
    paths: /^\/api\/workspace(?:\/(?:base|versions|rollback|changelog|issues)(?:\/|$))/,
  },
  { what: "members at this address (see /api/workspace/members)", paths: /^\/api\/members(?:\/|$)/ },
  { what: "tools over MCP at this address (see /mcp)", paths: /^\/(?:api\/mcp|(?:api\/)?mcp-tools)(?:\/|$)/ },
  {
    what: "permalinks by handle, and short links",
    paths:
      /^\/api\/workers\/(?:[^/]+\/short-link|public\/[^/]+\/(?!runs$).+|short-links\/.+|import-from-permalink)$/,
  },
  {
    what: "feedback on runs, and requests to change a worker",
    paths:
      /^\/api\/(?:runs\/[^/]+\/feedback(?:\/.*)?|(?:workers|runs)\/[^/]+\/(?:request-edit|edit-requests))$/,
  },
  {
    what: "stars and copies of workers",
    paths: /^\/api\/workers\/[^/]+\/(?:star|clone)$/,
  },
  { what: "deleting all runs at once (see retention)", paths: /^\/api\/runs\/clear$/ },
];

/** The feature that a request below /api is for and this server does not have; undefined for any other. Pure. */
export function findMissingFeature(method: string, path: string): MissingFeature | undefined {
  return missingFeatures.find(
    ({ paths, methods }) => paths.test(path) && (methods === undefined || methods.includes(method)),
  );
}
