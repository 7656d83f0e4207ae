import { answerWith, serve } from "./mcp-server.ts";

/** A stand-in of Composio's REST API, version 3, as its documentation has it: one app, gmail, with two actions. */
export interface StandInComposio {
  url: string;
  executed: Record<string, unknown>[];
  /** What an action answers instead of an echo. */
  fault: unknown;
  /** Of every connected account. */
  status: string;
  close: () => Promise<void>;
}

export async function serveStandInComposio(): Promise<StandInComposio> {
  const callbacks = new Map<string, string>();
  const stand: Omit<StandInComposio, "url" | "close"> = { executed: [], fault: null, status: "ACTIVE" };
  const actions = [
    {
      slug: "GMAIL_FETCH_EMAILS",
      name: "Fetch emails",
      description: "Fetches.",
      input_parameters: { type: "object" },
    },
    { slug: "GMAIL_SEND_EMAIL", name: "Send", description: "Sends.", input_parameters: { type: "object" } },
  ];
  const answer = async (request: Request): Promise<Response> => {
    const url = new URL(request.url);
    const at = `${request.method} ${url.pathname}`;
    if (url.pathname === "/signed-in") {
      const back = callbacks.get(url.searchParams.get("account") ?? "") ?? "";
      return new Response(null, { status: 302, headers: { location: back } });
    }
    if (request.headers.get("x-api-key") === null)
      return Response.json({ error: { message: "no key" } }, { status: 401 });
    if (at === "GET /api/v3/auth_configs") return Response.json({ items: [] });
    if (at === "POST /api/v3/auth_configs")
      return Response.json({ auth_config: { id: "ac_1" } }, { status: 201 });
    if (at === "POST /api/v3/connected_accounts/link") {
      const { callback_url }: { callback_url: string } = await request.json();
      callbacks.set("ca_1", callback_url);
      const redirect_url = `${url.origin}/signed-in?account=ca_1`;
      return Response.json(
        { link_token: "lk_1", redirect_url, connected_account_id: "ca_1" },
        { status: 201 },
      );
    }
    if (at === "GET /api/v3/connected_accounts/ca_1")
      return Response.json({ id: "ca_1", status: stand.status, toolkit: { slug: "gmail" } });
    if (at === "GET /api/v3/tools") {
      // One a page, so that pages are followed.
      const from = Number(url.searchParams.get("cursor") ?? "0");
      const next_cursor = from + 1 < actions.length ? String(from + 1) : null;
      return Response.json({ items: actions.slice(from, from + 1), next_cursor });
    }
    const tool = /^POST \/api\/v3\/tools\/execute\/(\w+)$/.exec(at)?.[1];
    if (tool === undefined) return Response.json({ error: { message: "not found" } }, { status: 404 });
    const body: { arguments: unknown } = await request.json();
    stand.executed.push({ tool, ...body });
    return Response.json(
      stand.fault ?? { successful: true, data: { echo: body.arguments }, error: null, log_id: "log_1" },
    );
  };
  const { url, close } = await serve((incoming, response) => answerWith(answer, incoming, response));
  return Object.assign(stand, { url, close });
}
