#!/usr/bin/env bash
# A command that outlives the call that starts it, where each call is given ten minutes:
#
#   background.sh start COMMAND...      start it; it finds its own $OUT
#   background.sh follow SECONDS        its log until it ends or the time is over. Once it has
#                                       ended, what it wrote is put into this call's $OUT, and its
#                                       status is this one's; while it runs, the status is 0
#
# BACKGROUND_FOLDER (default /tmp/background) is its place; there is one at a time.
set -u
base=${BACKGROUND_FOLDER:-/tmp/background}
case ${1:-} in
  start)
    shift
    if [ -f "$base/pid" ] && kill -0 "$(cat "$base/pid")" 2>/dev/null; then
      echo "one is running already" >&2
      exit 1
    fi
    rm -rf "$base" && mkdir -p "$base/out" || exit 1
    # It names itself once the session is its own: before that, a kill of its group finds none.
    # shellcheck disable=SC2016
    run='echo $$ >"$0/pid"; "$@"; echo $? >"$0/status"'
    OUT=$base/out setsid bash -c "$run" "$base" "$@" >"$base/log" 2>&1 </dev/null &
    until [ -s "$base/pid" ]; do sleep 0.01; done
    echo 0 >"$base/seen"
    ;;
  follow)
    until=$((SECONDS + ${2:?how many seconds}))
    while :; do
      alive=$(kill -0 "$(cat "$base/pid")" 2>/dev/null && echo yes)
      ended=$(cat "$base/status" 2>/dev/null || [ -n "$alive" ] || echo 137) # it was killed
      size=$(stat -c %s "$base/log") seen=$(cat "$base/seen")
      if [ "$size" -gt "$seen" ]; then
        tail -c +"$((seen + 1))" "$base/log" | head -c "$((size - seen))"
        echo "$size" >"$base/seen"
      fi
      if [ -n "$ended" ]; then
        mkdir -p "${OUT:?name the folder for the results}" && cp -r "$base/out/." "$OUT/" || exit 1
        exit "$ended"
      fi
      [ "$SECONDS" -lt "$until" ] || break
      sleep 1
    done
    echo "it goes on"
    ;;
  *)
    sed -n '2,10p' "$0"
    exit 2
    ;;
esac
