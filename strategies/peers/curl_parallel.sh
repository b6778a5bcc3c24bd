#!/usr/bin/env bash
# curl --parallel as an external program of fanout: the template for your own (see PROTOCOL.md).
#
# It imitates no article and no strategy. What curl cannot do: more than 300 requests at once; say
# when a request began, other than by how long it took, or why it got no connection (taken for a
# refusal); a deadline for all, for which timeout(1) kills it. It makes a request again, unasked, if
# a kept connection is lost before any answer.
export LC_ALL=C   # a point in EPOCHREALTIME, whatever the language
shopt -s lastpipe # a loop at the end of a pipe keeps its variables

# 1. The plan is one line of JSON, and these two are enough to read it.
number() { [[ $plan =~ \"$1\":\ *([0-9.e+-]+) ]] && echo "${BASH_REMATCH[1]}"; }
strings() { # of an array, one a line
  sed -E "s/.*\"$1\": *\[//; s/^\].*//; s/\"\].*/\"/" <<<"$plan" | grep -oE '"([^"\]|\\.)*"' |
    sed -E 's/^"|"$//g; s/\\(.)/\1/g'
}
read -r plan || exit 0
count=$(number count) workers=$(number workers) deadline=$(number deadline_s)

# 2. Set-up: all that needs no server. Of responses curl writes a line each, to standard error,
# since it would keep lines to standard output back until it has many.
line='%{stderr}%{urlnum} %{exitcode} %{http_code} %{size_download} %{time_total}'
line+=' %{time_pretransfer} %header{x-fanout-token}\n'
options=(--silent --no-progress-meter --globoff --http1.1 --write-out "$line"
  --parallel --parallel-immediate --parallel-max $((workers < 300 ? workers : 300))
  --connect-timeout "$(number connect_timeout_s)" --max-time "$(number timeout_s)")
while read -r header; do options+=(--header "$header"); done < <(strings headers)
[[ $plan =~ \"reuse\":\ *false ]] && options+=(--header 'Connection: close')
[[ $plan =~ \"certificates\":\ *\"([^\"]*)\" ]] && options+=(--cacert "${BASH_REMATCH[1]}")
[[ $plan =~ \"method\":\ *\"HEAD\" ]] && options+=(--head)
if [[ $plan =~ \"method\":\ *\"POST\" ]]; then
  body=$(mktemp)
  head -c "$(number body_bytes)" /dev/zero >"$body"
  exec 9<"$body" # curl reads it once, from here, so that no file is left whatever happens
  rm "$body"
  options+=(--data-binary @/dev/fd/9 --header 'Content-Type: application/octet-stream')
fi
urls=$(strings targets | sed 's/.*/url = "&"/')
read -r _ version _ < <(curl --version)

# How a request ended, from curl's exit code, the status, and the time when it had connected.
outcome() {
  case $1 in
    0) outcome=ok ;;
    7) outcome=refused ;;
    18) outcome=truncated ;;
    28) [[ $3 == 0.000000 ]] && outcome=connect_timeout || outcome=timeout ;;
    35 | 60) outcome=tls ;;
    52 | 55 | 56) [[ $2 == 000 ]] && outcome=reset || outcome=truncated ;;
    *) outcome=protocol ;;
  esac
}

# Bash has another clock than records. When the hundredths of /proc/uptime tick over, it is known to
# a fraction of a millisecond by how much, but for the time that the machine was suspended.
clock() { clock=$((${EPOCHREALTIME/./}000 + offset)); } # in a variable: $(...) would fork
offset=0 && read -r before _ </proc/uptime && tick=$before
while [[ $tick == "$before" ]]; do read -r tick _ </proc/uptime; done
clock && ahead=$((10#${tick/./}0000000 - clock))

# 3. Ready; wait for the signal. NOW ties the clocks together, too, but for the time that it takes
# until this process runs again: on a busy machine the other way is the better one.
echo "ready bash ${BASH_VERSION%%(*}, curl $version"
read -r _ now || exit 0
clock && offset=$((now - clock))
((ahead > offset && ahead - offset < 100000000)) && offset=$ahead

# 4. The requests: a record of each once curl has told of it. (timeout 0 is no limit; in the
# foreground it stays in the group of processes that fanout ends if need be.)
records=() begun=$workers
((count)) && timeout --foreground "${deadline:-0}" curl "${options[@]}" --config - <<<"$urls" \
  2>&1 >/dev/null | while read -r index code status bytes took connected token; do
  clock
  outcome "$code" "$status" "$connected"
  records[index]="$((clock - 10#${took/./}000)) $clock $outcome $((10#$status)) $bytes ${token:--}"
  ((++begun))
done

# 5. At the deadline curl was killed. It begins requests in order, so that of those without a record
# the first were under way, though since when is not known: since the signal at the earliest.
if [[ $deadline ]]; then
  clock
  for ((i = 0; i < count; ++i)); do
    : "${records[i]:=$((i < begun ? now : 0)) $clock deadline 0 0 -}"
  done
fi

# 6. All records, done, and the end once fanout has read the memory.
for i in "${!records[@]}"; do echo "$i ${records[i]}"; done
echo "done"
read -r _
exit 0
