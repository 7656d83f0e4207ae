/** Where the tools are that were asked for. Pure. */
export function toolsAddress(
  origin: string,
  wish: { worker?: string | undefined; workers?: string | undefined; toolset?: string | undefined },
): string {
  const url = new URL(
    wish.worker === undefined ? "/mcp" : `/mcp/workers/${encodeURIComponent(wish.worker)}`,
    origin,
  );
  if (wish.workers !== undefined) url.searchParams.set("workers", wish.workers);
  if (wish.toolset === "full") url.searchParams.set("toolset", "full");
  return url.href;
}
