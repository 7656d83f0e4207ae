import { availableParallelism } from "node:os";
import { cloudflareTest, readD1Migrations } from "@cloudflare/vitest-plugin";
import { configDefaults, defineConfig } from "vitest/config";

const ROOMS = "{contract,worker,runner,cli,mcp,web,sandbox,scripts,bench}";
const WORKERD_TESTS = "**/*.workerd.test.ts";

/**
 * How long a test may take, and how long it may wait for something to come true. Both are nets for what never ends: on a
 * machine that does ten other things a test that waits for events is late, not wrong.
 */
const PATIENCE = { testTimeout: 180_000, hookTimeout: 180_000, expect: { poll: { timeout: 60_000 } } };

/** Values the edge reads from its environment; every one is a throw-away of the test run, as keys are that chance makes. */
const TEST_BINDINGS = {
  FLOOM_ENVIRONMENT: "local",
  FLOOM_PUBLIC_URL: "http://floom.test",
  FLOOM_SIGNING_KEY: "test-signing-key-0123456789abcdef0123456789abcdef",
  FLOOM_OWNER_TOKEN: "7f3c9ae1b2d84056ac1e",
  FLOOM_MASTER_KEYS: "test:0qV8m1zJr4Yt7Wn2Kc5Hx9Bf3Gd6Ls8Pu0Ea1Ri2To4=",
  FLOOM_SIGN_UP: "open",
  E2B_API_KEY: "test-e2b-key",
  COMPOSIO_WEBHOOK_SIGNING_KEY: "test-app-event-key-0123456789",
  E2B_API_URL: "http://sandbox.test",
  E2B_SANDBOX_URL: "http://sandbox.test",
  FLOOM_RATE_LIMITS: "generous",
  FLOOM_SANDBOX_CREATES_PER_SECOND: "1000",
  FLOOM_SANDBOX_LIVE: "1000",
  FLOOM_WORKSPACE_LIVE_RUNS: "1000",
};

/** With FLOOM_TEST_EVICT=1 every object forgets what it has in memory before each call, in the whole of `workerd`. */
const EVICTS_ALL = process.env["FLOOM_TEST_EVICT"] === "1";
/** What is run twice each time: with objects that stay, and with objects that forget. */
const FORGETFUL_ROOMS = "{objects,approvals,hooks,alerts,schedules,triggers,runs/calls,runs/engine}";
/** Rows are counted in memory: where objects forget before every call there is nothing to count. */
const UNCOUNTED = "worker/objects/*budget*";

/** Runs inside workerd with real D1, R2 and Durable Objects; the network ends at the test. */
function workerdSuite(name: string, of: { include: string[]; evicts: boolean }) {
  return {
    plugins: [
      cloudflareTest(async () => ({
        main: "./test/support/workerd/edge.ts",
        wrangler: { configPath: "./wrangler.toml" },
        miniflare: {
          bindings: {
            ...TEST_BINDINGS,
            TEST_EVICT: of.evicts ? "1" : "",
            TEST_AUDIT_ENTRIES: process.env["FLOOM_BENCH_AUDIT_ENTRIES"] ?? "20000",
            TEST_MIGRATIONS: await readD1Migrations("./migrations"),
          },
          outboundService: (request: { url: string }) => {
            throw new Error(`A test in workerd tried to reach ${request.url}`);
          },
        },
      })),
    ],
    test: {
      name,
      include: of.include,
      exclude: [...configDefaults.exclude, ...(of.evicts ? [UNCOUNTED] : [])],
      isolate: false,
      setupFiles: ["./test/support/workerd-setup.ts"],
      // The set-up keeps what is logged by itself.
      disableConsoleIntercept: true,
      ...PATIENCE,
    },
  };
}

/** A suite over real processes: one file at a time, with room for installs and slow machines. */
function processSuite(name: string, setup?: string) {
  return {
    test: {
      name,
      include: [`test/${name}/**/*.test.ts`],
      exclude: [WORKERD_TESTS],
      fileParallelism: false,
      ...PATIENCE,
      ...(setup === undefined ? {} : { globalSetup: [setup] }),
    },
  };
}

export default defineConfig({
  test: {
    // What a passing test prints is of no interest; a failing one shows it.
    silent: "passed-only",
    // The default leaves one processor idle; half the tests only wait for processes anyway.
    maxWorkers: availableParallelism(),
    projects: [
      {
        test: {
          name: "unit",
          include: [`${ROOMS}/**/*.test.{ts,tsx}`, "test/simulation/**/*.test.ts"],
          exclude: [WORKERD_TESTS, "**/node_modules/**"],
          // What a file imports takes longer than its tests; none of them changes what it has imported.
          isolate: false,
          setupFiles: ["./test/support/unit-setup.ts"],
          ...PATIENCE,
        },
      },
      workerdSuite("workerd", {
        include: ["worker/**/*.workerd.test.ts", "test/support/workerd/*.workerd.test.ts"],
        evicts: EVICTS_ALL,
      }),
      workerdSuite("forgetful", {
        include: [`worker/${FORGETFUL_ROOMS}/**/*.workerd.test.ts`],
        evicts: true,
      }),
      // Started by `npm run bench` alone.
      workerdSuite("measure", { include: ["test/measure/*.measure.ts"], evicts: false }),
      {
        test: {
          name: "architecture",
          include: ["test/architecture/**/*.test.ts"],
          isolate: false,
          ...PATIENCE,
        },
      },
      processSuite("conformance"),
      processSuite("attack"),
      processSuite("waiting", "./test/support/shared-floom.ts"),
      processSuite("e2e", "./test/support/shared-floom.ts"),
      // Each file has a Floom of its own, which it may kill.
      processSuite("systems"),
      processSuite("examples", "./test/support/shared-floom.ts"),
      processSuite("browser", "./test/support/shared-floom.ts"),
    ],
  },
});
