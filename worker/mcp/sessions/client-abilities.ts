/** What a client of MCP says that it can do with an answer, request by request. */
export interface ClientAbilities {
  /**
   * How it takes a call that goes on: `extension` by the Tasks extension of 2026-07-28, which leaves it to the server;
   * `asked` where the call itself asks for a task, as 2025-11-25 has it; null not at all.
   */
  tasks: "extension" | "asked" | null;
  /** Shows cards (MCP Apps). */
  apps: boolean;
  /** Leads its person to a page when a server asks for that. */
  asksByUrl: boolean;
  /** Asks its person by a small form. */
  asksByForm: boolean;
}

/** What is held of a client that says nothing of itself. */
export const NO_ABILITIES: ClientAbilities = {
  tasks: null,
  apps: false,
  asksByUrl: false,
  asksByForm: false,
};
