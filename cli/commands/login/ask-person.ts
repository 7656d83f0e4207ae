import { hostname } from "node:os";
import { ApiProblem } from "#contract/client";
import type { Scope } from "#contract/access/access";
import type { PolledDevice, StartedDevice } from "#contract/devices/device";
import { deviceRoutes } from "#contract/devices/routes";
import { isTransient } from "../../api.ts";
import type { Api } from "../../api.ts";
import { CliError } from "../../cli-error.ts";
import type { CommandContext } from "../../context.ts";

type Approved = Extract<PolledDevice, { status: "approved" }>;

/** So much longer to wait after being told to slow down, as the server does (RFC 8628, section 3.5). */
const SLOWER_MS = 5000;

/** Has a person let this terminal in, at the page that is shown; answers the token. Throws when nobody did. */
export async function askPerson(context: CommandContext, api: Api, scopes: Scope[]): Promise<Approved> {
  const started = await api.call(deviceRoutes.startDevice, {
    json: { client_name: `floom-cli on ${hostname()}`.slice(0, 80), scopes },
  });
  show(context, started);
  return waitForPerson(context, api, started);
}

/** Goes to standard error, with `--json` too: without it nobody could go on. */
function show({ output }: CommandContext, started: StartedDevice): void {
  output.note(`Open  ${output.noteStyle.bold(started.verification_url_complete)}`);
  output.note(`Code  ${output.noteStyle.bold(started.user_code)}`);
  output.note(
    "Approve only if the page shows this very code. Nobody should ask you for it: whoever does wants to get in as you.",
  );
  output.note("Waiting for your answer there. Ctrl-C ends this.");
}

async function waitForPerson({ host }: CommandContext, api: Api, started: StartedDevice): Promise<Approved> {
  const end = host.now() + started.expires_in_seconds * 1000;
  let waitMs = started.polling_interval_seconds * 1000;
  while (host.now() < end) {
    await host.sleep(waitMs, host.interrupt);
    const polled = await poll(api, started.device_code);
    if (polled === "slower") waitMs += SLOWER_MS;
    else if (polled !== "unanswered" && polled.status === "approved") return polled;
  }
  throw tooLate();
}

/** One question; what passes by itself is asked again. */
async function poll(api: Api, device_code: string): Promise<PolledDevice | "slower" | "unanswered"> {
  try {
    return await api.call(deviceRoutes.pollDevice, { json: { device_code } });
  } catch (error) {
    if (error instanceof ApiProblem) {
      if (error.problem.status === 429) return "slower";
      if (error.problem.status === 403)
        throw new CliError("The sign-in was denied.", { exit: "auth", code: "login_denied", cause: error });

      if (error.problem.status === 404 || error.problem.status === 410) throw tooLate(error);
    }
    if (isTransient(error)) return "unanswered";
    throw error;
  }
}

function tooLate(cause?: unknown): CliError {
  return new CliError("Nobody approved the sign-in in time, or it was used already.", {
    exit: "auth",
    code: "login_expired",
    hint: "Begin anew: floom login",
    cause,
  });
}
