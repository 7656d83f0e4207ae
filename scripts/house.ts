// `npm run house`: draws the house from the code's own imports: which rooms there are, on which floor, who asks whom.
// The last line is `N rooms, N floors, N arrows, N circles, N climbing`; the exit code is 1 where something goes round.
import { drawHouse } from "./house/room-graph.ts";
import type { House } from "./house/room-graph.ts";
import { isTestFile, readImports, readSources } from "./house/source-tree.ts";

const sources = readSources().filter((file) => !isTestFile(file.path));
const house = drawHouse(
  sources.map(({ path }) => path),
  sources.flatMap(readImports),
);

for (const line of [...describeFloors(house), ...describeTrouble(house)]) console.log(line);
const floors = new Set(house.floors.values()).size;
console.log(
  `${house.rooms.size} rooms, ${floors} floors, ${house.arrows.length} arrows, ${house.circles.length} circles, ${house.climbing.length} climbing`,
);
process.exitCode = house.circles.length === 0 && house.climbing.length === 0 ? 0 : 1;

/** The floors from the top, each room with its size and whom it asks. */
function describeFloors({ rooms, arrows, floors }: House): string[] {
  const levels = [...new Set(floors.values())].sort((a, b) => b - a);
  return levels.flatMap((level) => [
    `floor ${level}`,
    ...[...rooms]
      .filter(([room]) => floors.get(room) === level)
      .sort(([a], [b]) => a.localeCompare(b))
      .map(([room, files]) => {
        const asked = arrows.filter(({ from }) => from === room).map(({ to }) => to);
        const to = asked.length === 0 ? "" : `  -> ${asked.sort().join(", ")}`;
        return `  ${room} (${files.length} ${files.length === 1 ? "file" : "files"})${to}`;
      }),
    "",
  ]);
}

/** What must not be: the files behind every arrow that goes up or round. */
function describeTrouble({ circles, climbing }: House): string[] {
  return [
    ...circles.map((members) => `circle: ${members.join(", ")}`),
    ...climbing.flatMap(({ from, to, imports }) => [
      `climbing: ${from} -> ${to}`,
      ...imports.map((one) => `    ${one.from} imports ${one.target}`),
    ]),
  ];
}
