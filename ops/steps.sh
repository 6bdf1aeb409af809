# Runs named steps, shows and keeps their output, goes on after a failure, and adds everything up at the end.
# `test` runs `check` within its own list: then `CHECK_STEPS` names the folder where both keep their results.
# shellcheck shell=bash

steps=${CHECK_STEPS:-}
if [[ -z $steps ]]; then
    steps=$(mktemp -d)
    trap 'rm -rf "$steps"' EXIT
fi
trap 'exit 130' INT

# step NAME KIND COMMAND…: the kind tells `summary.py` whose summary the output ends with; `plain` has none.
step() {
    local name=$1 kind=$2 begun=$SECONDS log status
    shift 2
    log=$(mktemp "$steps/log.XXXXXX")
    printf '\n==> %s\n' "$name"
    "$@" 2>&1 </dev/null | tee "$log"
    status=${PIPESTATUS[0]}
    printf '%s\t%s\t%s\t%s\t%s\n' "$name" "$kind" "$status" "$((SECONDS - begun))" "$log" >>"$steps/results"
    printf '<== %s: %s, %s s\n' "$name" "$( ((status == 0)) && echo ok || echo "failed with $status")" \
        "$((SECONDS - begun))"
    return "$status"
}

# A suite that hangs must not take the summary with it. At a terminal there is somebody to interrupt it.
limited() {
    if [[ ${CI:-} ]]; then
        timeout --kill-after=10 "${STEP_SECONDS_MAX:-2400}" "$@"
    else
        "$@"
    fi
}

# The exit status of the whole; the last line is the count.
summarise() {
    echo
    python3 -B ops/summary.py "$steps/results"
}
