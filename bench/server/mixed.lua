-- What browsers ask for and what they should not: tiles, ranges, revalidations, documents in each coding, files that are not there.
local urls, threads = {}, 0

for line in io.lines(os.getenv("LODESTREAM_URLS")) do
  urls[#urls + 1] = line
end

function setup(thread)
  thread:set("first", threads * 97)
  threads = threads + 1
end

function init(args)
  at, requests = first, {}
  local document = os.getenv("LODESTREAM_DOCUMENT")
  for i, url in ipairs(urls) do
    requests[#requests + 1] = wrk.format("GET", url)
    if i % 5 == 0 then requests[#requests + 1] = wrk.format("GET", url, { ["Range"] = "bytes=100-2099" }) end
    if i % 7 == 0 then requests[#requests + 1] = wrk.format("GET", url, { ["If-None-Match"] = "*" }) end
    if i % 11 == 0 then requests[#requests + 1] = wrk.format("GET", document, { ["Accept-Encoding"] = "br" }) end
    if i % 13 == 0 then requests[#requests + 1] = wrk.format("GET", document, { ["Accept-Encoding"] = "gzip" }) end
    if i % 17 == 0 then requests[#requests + 1] = wrk.format("GET", url .. ".absent") end
    if i % 23 == 0 then requests[#requests + 1] = wrk.format("GET", "/tilesets") end
  end
end

function request()
  at = at % #requests + 1
  return requests[at]
end
