import { defineConfig } from "vitest/config";
import { BaseSequencer } from "vitest/node";
import type { TestSpecification } from "vitest/node";

/** The first test that fails ends what is done for a bug: cases before histories, and those of everything together last. */
class ShortOnesFirst extends BaseSequencer {
  override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    return specifications.toSorted((a, b) => costOf(a.moduleId) - costOf(b.moduleId));
  }
}

function costOf(path: string): number {
  if (path.includes("/test/simulation/together/")) return 2;
  return path.includes("/test/simulation/") ? 1 : 0;
}

/** The tests that run without processes and without workerd, for the mutated files and the simulators over them. */
export default defineConfig({
  test: {
    include: ["worker/**/*.test.ts", "test/simulation/**/*.test.ts"],
    // The agreement with other libraries and hostile or large journals by the hundred take too long to be asked so often. What
    // the simulation finds of bugs put into the world around says nothing of those put in here.
    exclude: [
      "**/*.workerd.test.ts",
      "**/*.agreement.test.ts",
      "**/hostile-*.test.ts",
      "**/large-*.test.ts",
      "test/simulation/together/finds-bugs.test.ts",
    ],
    setupFiles: ["test/support/unit-setup.ts"],
    sequence: { sequencer: ShortOnesFirst },
    testTimeout: 60_000,
  },
});
