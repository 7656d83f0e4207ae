/** The secrets of a workspace, as far as rooms need to know them. */
export interface Secrets {
  /** Names among these for which no secret is set. */
  findMissing: (workspaceId: string, names: readonly string[]) => Promise<string[]>;
  /** The values of those among these that are set, by name. */
  resolve: (workspaceId: string, names: readonly string[]) => Promise<Record<string, string>>;
}

/** No secrets can be set yet, so every declared one is missing: a run that needs one is refused when it is started. */
export const noSecrets: Secrets = {
  findMissing: async (_workspaceId, names) => [...names],
  resolve: async () => ({}),
};
