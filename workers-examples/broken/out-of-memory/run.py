"""Takes 32 MiB at a time and touches every page of it, so that the memory is really used.

It stops by itself at 4 GiB: where a sandbox has no limit, that is the result, and the host is spared.
"""

CHUNK_BYTES = 32 * 1024 * 1024
GIVE_UP_BYTES = 4 * 1024 * 1024 * 1024

kept = []
while len(kept) * CHUNK_BYTES < GIVE_UP_BYTES:
    kept.append(b"x" * CHUNK_BYTES)
    print(f"{len(kept) * CHUNK_BYTES // (1024 * 1024)} MiB", flush=True)

raise SystemExit("nothing stopped this script at 4 GiB")
