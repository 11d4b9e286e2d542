# Sourced by bin/lint and bin/ci. `step "A sentence" command…` runs a command and says how it went and how long it took.
# Quiet steps show what they printed only when they fail; `loud_step` shows it as it comes. Every step is run;
# `summary` repeats the failures and returns 1 if there was one.

steps_failed=()
steps_started=$SECONDS

say_step() { # mark, sentence, seconds
  printf '%s %-72s %4ss\n' "$1" "$2" "$3"
}

step() {
  local sentence=$1 started=$SECONDS output
  shift
  if output=$("$@" 2>&1); then
    say_step "✓" "$sentence" $((SECONDS - started))
  else
    say_step "✗" "$sentence" $((SECONDS - started))
    printf '%s\n' "$output" | sed 's/^/    /'
    steps_failed+=("$sentence")
    return 1
  fi
}

beside() { # sentence, command: begins a quiet step in the background; `rejoin` waits for it and says how it went
  beside_sentence=$1 beside_output=$(mktemp)
  shift
  {
    local started=$SECONDS status=0
    "$@" >"$beside_output" 2>&1 || status=$?
    echo $((SECONDS - started)) >"$beside_output.seconds"
    exit $status
  } &
  beside_process=$!
}

rejoin() {
  local mark="✓"
  wait "$beside_process" || mark="✗"
  say_step "$mark" "$beside_sentence" "$(cat "$beside_output.seconds")"
  if [ "$mark" = "✗" ]; then
    sed 's/^/    /' "$beside_output"
    steps_failed+=("$beside_sentence")
  fi
  rm -f "$beside_output" "$beside_output.seconds"
}

loud_step() {
  local sentence=$1 started=$SECONDS
  shift
  printf '▸ %s\n' "$sentence"
  if "$@"; then
    say_step "✓" "$sentence" $((SECONDS - started))
  else
    say_step "✗" "$sentence" $((SECONDS - started))
    steps_failed+=("$sentence")
    return 1
  fi
}

summary() {
  local sentence
  printf '\n'
  for sentence in "${steps_failed[@]}"; do
    printf '✗ %s\n' "$sentence"
  done
  if [ ${#steps_failed[@]} -gt 0 ]; then
    printf 'Failed: %s in %ss.\n' "${#steps_failed[@]}" $((SECONDS - steps_started))
    return 1
  fi
  printf 'All is well, in %ss.\n' $((SECONDS - steps_started))
}
