import net from "node:net";
import { parseOptions } from "../../sandbox/src/options.ts";
import { startServer } from "../../sandbox/src/start.ts";

// A sandbox server whose outside is a server of the test's on the loopback: every name means one public address, and what
// goes there goes to that server.
const port = Number(process.env["OUTSIDE_PORT"]);
const running = await startServer(parseOptions(process.argv.slice(2), process.env), {
  resolveHost: () => Promise.resolve(["93.184.216.34"]),
  connect: () => net.connect(port, "127.0.0.1"),
  roots: process.env["OUTSIDE_ROOTS"],
});
process.stdout.write(`sandbox ready ${running.url}\n`);
process.once("SIGTERM", () => void running.stop({ killSandboxes: true }).then(() => process.exit(0)));
