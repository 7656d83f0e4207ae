import { readFile, writeFile } from "node:fs/promises";

const inputs = JSON.parse(await readFile("inputs.json", "utf8"));
console.log(`greeting ${inputs.name}`);

const outputs = { greeting: `Hello, ${inputs.name}!` };
await writeFile("result.json", JSON.stringify({ status: "success", outputs }));
