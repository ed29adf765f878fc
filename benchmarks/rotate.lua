-- Sends the paths of a file in rotation and ends with one line of JSON, read by wrk.py.
-- Runs in one thread; the requests are written once, before the clock starts.

local requests, turn = {}, 0

function init(args)
  for path in io.lines(args[1]) do
    requests[#requests + 1] = wrk.format("GET", path)
  end
end

function request()
  turn = turn % #requests + 1
  return requests[turn]
end

function done(summary, latency)
  local errors = summary.errors -- status: answers of 400 and above
  io.write(string.format(
    '{"microseconds": %d, "answers": %d, "refused": %d, "broken": %d, "p50": %d, "p99": %d}\n',
    summary.duration, summary.requests, errors.status,
    errors.connect + errors.read + errors.write + errors.timeout,
    latency:percentile(50), latency:percentile(99)))
end
