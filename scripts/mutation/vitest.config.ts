import { defineConfig } from "vitest/config";

/** The tests that run without processes and without workerd, for the mutated files and the simulators over them. */
export default defineConfig({
  test: {
    include: [
      "worker/{runs,queue,schedules,hooks,triggers,approvals,dependencies,retention}/**/*.test.ts",
      "test/simulation/**/*.test.ts",
    ],
    // The agreement with other libraries and hostile journals by the thousand take too long to be asked so often.
    exclude: ["**/*.workerd.test.ts", "**/*.agreement.test.ts", "**/hostile-*.test.ts"],
    setupFiles: ["test/support/unit-setup.ts"],
    testTimeout: 60_000,
  },
});
