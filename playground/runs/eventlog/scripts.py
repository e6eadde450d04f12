"""Names of keys and the Lua scripts that keep the log's promises atomically.

All keys of a run share its id; scripts build no key names from stored data. Every live key gets a
long expiry when it is made, so that a run that is never sealed cannot stay in Redis for ever.
"""

from __future__ import annotations

from typing import Final

#: Upper bound of a live run's keys, far above any run's duration.
LIVE_TTL_S: Final = 24 * 3600

LEASES: Final = "leases"
CONTROL_CHANNEL: Final = "control"


def lane_key(run_id: str, lane: str) -> str:
    """The stream of one lane."""
    return f"run:{run_id}:lane:{lane}"


def lanes_key(run_id: str) -> str:
    """The set of lanes that have entries."""
    return f"run:{run_id}:lanes"


def control_key(run_id: str) -> str:
    """Hash: `closed`, `cancel`, and per lane `<lane>:attempt`."""
    return f"run:{run_id}:control"


def append_keys(run_id: str, lane: str) -> list[str]:
    """The KEYS of both scripts that append."""
    return [lane_key(run_id, lane), lanes_key(run_id), control_key(run_id)]


def channel(run_id: str) -> str:
    """Where the run's entries are published."""
    return f"run:{run_id}"


# Redis answers "equal or smaller than the target stream top item" for an id that does not grow:
# a repeated or a fenced write. Every other failure (wrong type, out of memory) is passed on.
_XADD: Final = """
local function add(key, id, first, body)
  local reply = redis.pcall('XADD', key, id, 'f', first, 'd', body)
  if type(reply) == 'table' and reply.err then
    if string.find(reply.err, 'equal or smaller', 1, true) then return nil end
    error(reply.err, 0)
  end
  return reply
end
"""

#: KEYS lane, lanes, control. ARGV channel, lane, attempt, first, last, body, ttl.
#: 1 appended, 0 the stream has this entry already, -1 refused because a newer attempt exists.
APPEND: Final = (
    _XADD
    + """
local newest = tonumber(redis.call('HGET', KEYS[3], ARGV[2] .. ':attempt') or '0')
if tonumber(ARGV[3]) < newest then return -1 end
if not add(KEYS[1], ARGV[3] .. '-' .. ARGV[5], ARGV[4], ARGV[6]) then
  local top = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1][1]
  if tonumber(string.match(top, '^(%d+)-')) > tonumber(ARGV[3]) then return -1 end
  return 0
end
if ARGV[4] == '0' then
  redis.call('SADD', KEYS[2], ARGV[2])
  redis.call('EXPIRE', KEYS[1], ARGV[7])
  redis.call('EXPIRE', KEYS[2], ARGV[7])
end
redis.call('PUBLISH', ARGV[1], ARGV[2] .. '|' .. ARGV[3] .. '|' .. ARGV[4] .. '|' .. ARGV[5]
  .. '|' .. ARGV[6])
return 1
"""
)

#: KEYS main lane, lanes, control. ARGV channel, body, events in body, closes (0/1),
#: attempt to create the lane with (0: it must exist), ttl.
#: 1 appended, 0 the run is closed, -1 the lane does not exist. A lane that exists is not created
#: again: several workers may find it lost at once. And the client repeats a command whose answer
#: was lost: what the lane ends with already is not appended a second time.
APPEND_MAIN: Final = (
    _XADD
    + """
local top = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)
if #top > 0 and (ARGV[5] ~= '0' or top[1][2][4] == ARGV[2]) then return 1 end
if redis.call('HEXISTS', KEYS[3], 'closed') == 1 then return 0 end
local attempt, first
if #top == 0 then
  if ARGV[5] == '0' then return -1 end
  attempt, first = ARGV[5], 0
  redis.call('SADD', KEYS[2], 'main')
else
  local dash = string.find(top[1][1], '-', 1, true)
  attempt = string.sub(top[1][1], 1, dash - 1)
  first = tonumber(string.sub(top[1][1], dash + 1)) + 1
end
local last = first + tonumber(ARGV[3]) - 1
add(KEYS[1], attempt .. '-' .. last, first, ARGV[2])
redis.call('PUBLISH', ARGV[1], 'main|' .. attempt .. '|' .. first .. '|' .. last .. '|' .. ARGV[2])
if ARGV[4] == '1' then redis.call('HSET', KEYS[3], 'closed', 1) end
for i = 1, 3 do redis.call('EXPIRE', KEYS[i], ARGV[6]) end
return 1
"""
)

_NOW: Final = """
local function now()
  local t = redis.call('TIME')
  return t[1] * 1000 + math.floor(t[2] / 1000)
end
"""

#: KEYS control, leases. ARGV lane, attempt, member, lease ms, ttl.
#: 1 claimed, 0 refused: closed, or this or a newer attempt is claimed already.
CLAIM: Final = (
    _NOW
    + """
if redis.call('HEXISTS', KEYS[1], 'closed') == 1 then return 0 end
local field = ARGV[1] .. ':attempt'
if tonumber(ARGV[2]) <= tonumber(redis.call('HGET', KEYS[1], field) or '0') then return 0 end
redis.call('HSET', KEYS[1], field, ARGV[2])
redis.call('EXPIRE', KEYS[1], ARGV[5])
redis.call('ZADD', KEYS[2], now() + ARGV[4], ARGV[3])
return 1
"""
)

#: KEYS control, leases. ARGV lane, attempt, member, lease ms, ttl.
#: 1 kept, 0 lost to a newer attempt, 2 kept but the run is closed: stop working.
#: A control hash that vanished with Redis's data is restored.
RENEW: Final = (
    _NOW
    + """
local field = ARGV[1] .. ':attempt'
local newest = tonumber(redis.call('HGET', KEYS[1], field) or '0')
if newest > tonumber(ARGV[2]) then return 0 end
if newest == 0 then
  redis.call('HSET', KEYS[1], field, ARGV[2])
  redis.call('EXPIRE', KEYS[1], ARGV[5])
end
redis.call('ZADD', KEYS[2], now() + ARGV[4], ARGV[3])
if redis.call('HEXISTS', KEYS[1], 'closed') == 1 then return 2 end
return 1
"""
)

#: KEYS control, leases. ARGV lane, attempt, member, hand over (0/1).
#: Gives a lease up. Handing over lets it expire at once, so that another worker takes over.
RELEASE: Final = """
local newest = tonumber(redis.call('HGET', KEYS[1], ARGV[1] .. ':attempt') or '0')
if newest ~= tonumber(ARGV[2]) then return 0 end
if ARGV[4] == '1' then redis.call('ZADD', KEYS[2], 0, ARGV[3])
else redis.call('ZREM', KEYS[2], ARGV[3]) end
return 1
"""

#: KEYS leases. ARGV grace ms, how many at the most.
#: Members whose lease is over. Each gets a grace period, so that only one caller handles it.
EXPIRED: Final = (
    _NOW
    + """
local members = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now(), 'LIMIT', 0, ARGV[2])
for _, member in ipairs(members) do redis.call('ZADD', KEYS[1], now() + ARGV[1], member) end
return members
"""
)
