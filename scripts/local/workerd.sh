#!/bin/sh
# Stands in for the runtime's own program: the kernel ends it together with the edge process that started it,
# also when that was killed and could not say goodbye.
exec setpriv --pdeathsig KILL "$FLOOM_WORKERD_PATH" "$@"
