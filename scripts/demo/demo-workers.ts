/** The folders that only the demo has, as text; everything else it runs are the examples. */
const priceWatch = (watched: string) => `schema_version: "0.3"
name: price-watch
title: Price watch
description: Looks up what a product costs and says how that has changed.
version: 0.1.0
tags: [shop, watch]
folder: shop
exec:
  entry: run.py
  runtime: python311
  command: python run.py
  inputs:
    - { name: product, type: string, label: Product, required: true }
    - { name: limit_cents, type: integer, label: Tell from so many cents on, default: 500 }
  outputs:
    - { name: change_cents, type: integer, label: Change in cents }
${watched}limits:
  timeout_seconds: 20
example_input:
  product: kettle
`;

const script = (line: string) => `import json

inputs = json.load(open("inputs.json"))
product = inputs["product"]
print("looking up", product)
for shop in range(6):
    print("shop", shop + 1, "asks", 900 + 7 * shop + len(product), "cents")
if product == "unicorn":
    raise SystemExit("No shop sells a unicorn.")
${line}
json.dump({"status": "success", "outputs": {"change_cents": -12}}, open("result.json", "w"))
`;

const secretPart = "  secrets: [SHOP_API_KEY]\n";

/** Each version of the demo's own worker: as it was first, better, and one that wants more and so is to be reviewed. */
export const priceWatchVersions = [
  { worker_yml: priceWatch(secretPart), run_py: script('print("done")') },
  { worker_yml: priceWatch(secretPart), run_py: script('print("done:", product, "is 12 cents cheaper")') },
] as const;

/** What an agent proposes: the same with another secret and a call of another worker. */
export const proposedVersion = {
  worker_yml: priceWatch("  secrets: [SHOP_API_KEY, MAIL_KEY]\ncalls: [hello-worker]\n"),
  run_py: script('print("mail it")'),
} as const;
