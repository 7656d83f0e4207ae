import { defineConfig } from "vitest/config";
import { BaseSequencer } from "vitest/node";
import type { TestSpecification } from "vitest/node";

/** The first test that fails ends what is done for a bug, so that cases come before histories. */
class CasesFirst extends BaseSequencer {
  override async sort(specifications: TestSpecification[]): Promise<TestSpecification[]> {
    const isSimulation = ({ moduleId }: TestSpecification) => Number(moduleId.includes("/test/simulation/"));
    return specifications.toSorted((a, b) => isSimulation(a) - isSimulation(b));
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
    sequence: { sequencer: CasesFirst },
    testTimeout: 60_000,
  },
});
