"""Tells new ids from those of earlier runs, by a table and a counter of the worker's store."""

import floom


def run(inputs: dict, context: object) -> dict:
    store = floom.store
    store.execute("CREATE TABLE IF NOT EXISTS seen (id TEXT PRIMARY KEY, first_run TEXT NOT NULL)")
    if inputs.get("forget_first"):
        store.execute("DELETE FROM seen")
        store.delete("total")
    ids = [line.strip() for line in inputs["ids"].splitlines() if line.strip()]
    new = 0
    for each in ids:
        added = store.execute("INSERT OR IGNORE INTO seen VALUES (?, ?) RETURNING id", [each, floom.context.run_id])
        new += len(added.rows)
    total = store.increment("total", new)
    print(f"{new} of {len(ids)} ids are new")
    return {"new": new, "seen": len(ids) - new, "total": total}
