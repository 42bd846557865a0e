-- Asks for the URLs listed in the file LODESTREAM_URLS one after the other, each thread from a place of its own.
local urls, threads = {}, 0

for line in io.lines(os.getenv("LODESTREAM_URLS")) do
  urls[#urls + 1] = line
end

function setup(thread)
  thread:set("first", threads * 97)
  threads = threads + 1
end

function init(args)
  requests, at = {}, first % #urls
  for i, url in ipairs(urls) do
    requests[i] = wrk.format("GET", url)
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end

function done(summary, latency, calls)
  local errors = summary.errors
  io.write(string.format("RESULT %.1f %.3f %.3f %d\n", summary.requests / summary.duration * 1e6, latency:percentile(50) / 1e3, latency:percentile(99) / 1e3,
    errors.connect + errors.read + errors.write + errors.status + errors.timeout))
end
