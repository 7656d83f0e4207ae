import type { App } from "#contract/shares/share";
import type { CommandContext } from "../../context.ts";

const states: Record<App["state"], string> = {
  private: "nobody; its links answer nothing",
  link: "whoever has a link",
  password: "whoever knows the password, or has a link",
  invited: "invited addresses, and whoever has a link",
  public: "everybody",
};

/** Prints a worker's page: its address, who may open it and how much it may be used. */
export function printApp({ output, json }: CommandContext, app: App): void {
  if (json) {
    output.document(app);
    return;
  }
  output.pairs([
    ["page", app.url],
    ["open to", `${states[app.state]} (${app.state})`],
    ["invited", app.invited.join(", ") || "-"],
    ["in frames of", app.embed_origins.join(", ") || "-"],
    ["runs", app.run_cap === null ? String(app.run_count) : `${app.run_count} of ${app.run_cap}`],
    ["an hour", `${app.runs_per_hour}, ${app.visitor_runs_per_hour} by one visitor`],
  ]);
}
