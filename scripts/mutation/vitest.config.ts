import { defineConfig } from "vitest/config";
import { BaseSequencer } from "vitest/node";
import type { TestSpecification } from "vitest/node";

const mutated = (process.env["FLOOM_MUTATED"] ?? "").split(",").map((file) => file.replace(/\.ts$/, ""));

/** The first test that fails ends what is done for a bug: a file's own cases come first, and histories last. */
function distanceOf(path: string): number {
  if (path.includes("/test/simulation/")) return 2;
  return mutated.some((file) => path.includes(`/${file}`)) ? 0 : 1;
}

class NearestFirst extends BaseSequencer {
  override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    return specifications.toSorted((a, b) => distanceOf(a.moduleId) - distanceOf(b.moduleId));
  }
}

/** The tests that run without processes and without workerd, for the mutated files and the simulators over them. */
export default defineConfig({
  test: {
    include: ["worker/**/*.test.ts", "test/simulation/**/*.test.ts"],
    // The agreement with other libraries, hostile or large journals by the hundred, and the simulation of everything
    // together take too long to be asked for every bug in every file.
    exclude: [
      "**/*.workerd.test.ts",
      "**/*.agreement.test.ts",
      "**/{hostile,large}-*.test.ts",
      "test/simulation/together/**",
    ],
    setupFiles: ["test/support/unit-setup.ts"],
    sequence: { sequencer: NearestFirst },
    testTimeout: 180_000,
  },
});
