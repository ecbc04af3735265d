/**
 * Every Redis key and every Lua script of the rank index. What they hold can be rebuilt from Postgres at any time.
 *
 * Keys of one board, all in one cluster slot by their hash tag:
 *   :z  sorted set   <order key><player>, every score 0, so that Redis orders by the bytes of the member
 *   :h  hash         player -> <seq, 9 characters><order key><name>
 *   :m  hash         epoch, version, revision, shape, total, through, digest, sum (of event numbers); written last, so
 *                    without it there is no index; and `s<after>` -> `<through>:<digest at after>:<digest at through>`
 *                    of steps that came before their turn
 *   :g  sorted set   the distinct column prefixes, kept for dense ranks only
 *   :r  hash         a rebuild's lock and journal: `t` -> token of the instance that rebuilds; what changed while it
 *                    copies: `p<player>` -> value, `s<after>` as above, `r` -> the newest revision. One key, so that the
 *                    journal cannot be evicted without the lock, without which nothing is swapped in
 *   :t:<token>:z|h|g the copy in the making; swapped in only when it has as many members as were added to it
 *
 * Each script is given all its keys. Where order matters bytes are compared, because Lua's `<` follows the server's
 * locale. An index of which a key was evicted counts as missing. PUBLISH goes by `pcall`: should a server refuse it
 * inside a script, the caller announces the change itself.
 */
import { seqSumModulus } from "@/lib/domain/board-log";
import { script } from "@/lib/redis/run-script";
import type { IndexPosition } from "./rank-index";

export function boardKeys(installationId: string, uid: number) {
  const base = `rungs:${installationId}:{${uid}}`;
  return { z: `${base}:z`, h: `${base}:h`, m: `${base}:m`, g: `${base}:g`, rebuild: `${base}:r` };
}

export function copyKeys(installationId: string, uid: number, token: string) {
  const base = `rungs:${installationId}:{${uid}}:t:${token}`;
  return { z: `${base}:z`, h: `${base}:h`, g: `${base}:g` };
}

/** Keys for `probeScript`, all in the slot of `tag`. */
export function probeKeys(installationId: string, tag: string) {
  const base = `rungs:${installationId}:{${tag}}`;
  return { z: `${base}:z`, h: `${base}:h`, s: `${base}:s`, copy: `${base}:t:z` };
}

/**
 * The one channel of an installation: `<uid>:<epoch>:<version>:<settings revision>`, `<uid>:dropped`, or a canary of the
 * change feed.
 */
export function changesChannel(installationId: string): string {
  return `rungs:${installationId}:changes`;
}

export function changeMessage(uid: number, state: IndexPosition | null): string {
  return state ? `${uid}:${state.epoch}:${state.version}:${state.revision}` : `${uid}:dropped`;
}

/** Undefined for what is not about a board. */
export function parseChangeMessage(message: string): { uid: number; position: IndexPosition | null } | undefined {
  const match = /^(\d{1,15}):(?:dropped|([a-z0-9]{1,32}):(\d{1,15}):(\d{1,15}))$/.exec(message);
  if (!match) return undefined;
  const [, uid, epoch, version, revision] = match;
  const position = epoch ? { epoch, version: Number(version), revision: Number(revision) } : null;
  return { uid: Number(uid), position };
}

/**
 * Common to the scripts on a finished index.
 * KEYS 1-4: z h m g. ARGV 1: shape, 2: rank style, 3: bytes of the column prefix.
 */
const onIndex = `
local z, h, m, g = KEYS[1], KEYS[2], KEYS[3], KEYS[4]
local shape, style, width = ARGV[1], ARGV[2], tonumber(ARGV[3])

-- {epoch, version, revision, total, through, digest, sum}, or false without a whole index of this shape. O(1)
local function state()
  local meta = redis.call('HMGET', m, 'epoch', 'version', 'revision', 'total', 'shape', 'through', 'digest', 'sum')
  if meta[5] ~= shape then return false end
  local total = tonumber(meta[4])
  if redis.call('ZCARD', z) ~= total or redis.call('HLEN', h) ~= total then return false end
  if style == 'dense' and (redis.call('EXISTS', g) == 1) ~= (total > 0) then return false end
  return {meta[1], tonumber(meta[2]), tonumber(meta[3]), total, tonumber(meta[6]), meta[7], tonumber(meta[8])}
end

-- how many have better columns than this member. O(log n)
local function ahead(member)
  return redis.call('ZLEXCOUNT', z, '-', '(' .. string.sub(member, 1, width))
end

-- O(log n)
local function rank(member)
  if style == 'ordinal' then return redis.call('ZRANK', z, member) + 1 end
  if style == 'dense' then return redis.call('ZRANK', g, string.sub(member, 1, width)) + 1 end
  return ahead(member) + 1
end

-- member, name, member, name, ... O(log n + entries)
local function entries(first, last)
  local members, found = redis.call('ZRANGE', z, first, last), {}
  for from = 1, #members, 1000 do
    local players = {}
    for i = from, math.min(from + 999, #members) do players[#players + 1] = string.sub(members[i], width + 10) end
    for i, value in ipairs(redis.call('HMGET', h, unpack(players))) do
      found[#found + 1] = members[from + i - 1]
      found[#found + 1] = string.sub(value, width + 19)
    end
  end
  return found
end
`;

/** Common to the scripts that write standings; needs `width` and `style`. `sum` is what `put` adds to the sum of events. */
const writing = `
local modulus, sum = ${seqSumModulus}, 0

local function digit(byte)
  if byte >= 97 then return byte - 59 end
  if byte == 95 then return 37 end
  if byte >= 65 then return byte - 54 end
  return byte >= 48 and byte - 47 or 0
end

-- the event number that a value begins with
local function event(value)
  local a, b, c, d, e, f, g, h, i = string.byte(value, 1, 9)
  local high = ((digit(a) * 64 + digit(b)) * 64 + digit(c)) * 64 + digit(d)
  return ((((high * 64 + digit(e)) * 64 + digit(f)) * 64 + digit(g)) * 64 + digit(h)) * 64 + digit(i)
end

local function newer(a, b)
  for i = 1, 9 do
    local x, y = string.byte(a, i), string.byte(b, i)
    if x ~= y then return x > y end
  end
  return false
end

-- puts a standing unless it is old news; says whether it was taken and whether anything visible changed. O(log n)
local function put(z, h, g, player, value)
  local old = redis.call('HGET', h, player)
  if old and not newer(value, old) then return false, false end
  redis.call('HSET', h, player, value)
  sum = (sum + event(value) % modulus - (old and event(old) % modulus or 0)) % modulus
  local key = string.sub(value, 10, width + 18)
  local prefix = string.sub(key, 1, width)
  if old then
    local oldKey = string.sub(old, 10, width + 18)
    if oldKey == key then return true, string.sub(old, width + 19) ~= string.sub(value, width + 19) end
    redis.call('ZREM', z, oldKey .. player)
    local oldPrefix = string.sub(oldKey, 1, width)
    if style == 'dense' and oldPrefix ~= prefix
      and redis.call('ZLEXCOUNT', z, '[' .. oldPrefix, '(' .. oldPrefix .. '~') == 0 then
      redis.call('ZREM', g, oldPrefix)
    end
  end
  redis.call('ZADD', z, 0, key .. player)
  if style == 'dense' then redis.call('ZADD', g, 0, prefix) end
  return true, true
end
`;

/** Common to the scripts that take steps. Numbers stay text, since Lua would round long ones when it joins them. */
const stepping = `
local function waitingStep(text)
  return string.match(text, '^(%d+):([^:]*):([^:]*)$')
end

-- moves the mark over a step and those that waited for it, or lets the step wait for those before it. O(steps)
-- "late": it ends before the mark, and its digest cannot be compared; "foreign": it is of another history
local function step(m, after, through, afterDigest, digest)
  local mark, present = unpack(redis.call('HMGET', m, 'through', 'digest'))
  if tonumber(after) > tonumber(mark) then
    redis.call('HSET', m, 's' .. after, through .. ':' .. afterDigest .. ':' .. digest)
    return 'taken'
  end
  if tonumber(through) < tonumber(mark) then return 'late' end
  if tonumber(through) == tonumber(mark) then return digest == present and 'taken' or 'foreign' end
  while through do
    if tonumber(after) ~= tonumber(mark) or afterDigest ~= present then return 'foreign' end
    mark, present = through, digest
    local waiting = redis.call('HGET', m, 's' .. mark)
    if waiting then redis.call('HDEL', m, 's' .. mark) end
    after, through = mark, nil
    if waiting then through, afterDigest, digest = waitingStep(waiting) end
  end
  redis.call('HSET', m, 'through', mark, 'digest', present)
  return 'taken'
end
`;

/** 1 when the message is out, 0 when the server does not publish from scripts. */
const announcing = `
local function announce(channel, message)
  return type(redis.pcall('PUBLISH', channel, message)) == 'number' and 1 or 0
end
`;

/**
 * Takes changes and reports ranks before and after. O((changes + reports) log n). Deletes the index when a step is of
 * another history than it.
 * KEYS: z h m g rebuild. ARGV: common three, 4 revision, 5 lock ms, 6 channel, 7 uid, 8 message for a deleted index,
 * 9 number of changes, 10 number of steps, then player and value of each change, after, digest at after, through and
 * digest at through of each step, then the players to report.
 * Reply: {epoch, version, revision, total, through, digest, sum, announced, late, {rank before or nil...},
 * {rank after or nil...}}, or {announced} for a deleted index, or nil without one.
 */
export const applyScript = script(`${onIndex}${writing}${stepping}${announcing}
local function ranks(from)
  local found = {}
  for i = from, #ARGV do
    local value = redis.call('HGET', h, ARGV[i])
    found[#found + 1] = value and rank(string.sub(value, 10, width + 18) .. ARGV[i])
  end
  return found
end

local present = state()
if not present then return false end
local steps = 11 + 2 * tonumber(ARGV[9])
local reports = steps + 4 * tonumber(ARGV[10])
local before = ranks(reports)
local rebuilding = redis.call('EXISTS', KEYS[5]) == 1
local changed, late = false, 0
for i = steps, reports - 1, 4 do
  local after, afterDigest, through, digest = ARGV[i], ARGV[i + 1], ARGV[i + 2], ARGV[i + 3]
  local verdict = step(m, after, through, afterDigest, digest)
  if verdict == 'foreign' then
    redis.call('UNLINK', z, h, m, g)
    return {announce(ARGV[6], ARGV[8])}
  end
  if verdict == 'late' then late = 1 end
  if rebuilding then redis.call('HSET', KEYS[5], 's' .. after, through .. ':' .. afterDigest .. ':' .. digest) end
end
for i = 11, steps - 1, 2 do
  local taken, visible = put(z, h, g, ARGV[i], ARGV[i + 1])
  changed = changed or visible
  if taken and rebuilding then redis.call('HSET', KEYS[5], 'p' .. ARGV[i], ARGV[i + 1]) end
end
if sum ~= 0 then
  present[7] = (present[7] + sum) % modulus
  redis.call('HSET', m, 'sum', present[7])
end
if reports > steps then
  local mark = redis.call('HMGET', m, 'through', 'digest')
  present[5], present[6] = tonumber(mark[1]), mark[2]
end
if tonumber(ARGV[4]) > present[3] then
  changed, present[3] = true, tonumber(ARGV[4])
  redis.call('HSET', m, 'revision', ARGV[4])
  if rebuilding then redis.call('HSET', KEYS[5], 'r', ARGV[4]) end
end
if rebuilding then redis.call('PEXPIRE', KEYS[5], ARGV[5]) end
local announced = 1
if changed then
  present[2] = redis.call('HINCRBY', m, 'version', 1)
  present[4] = redis.call('ZCARD', z)
  redis.call('HSET', m, 'total', present[4])
  announced = announce(ARGV[6], ARGV[7] .. ':' .. present[1] .. ':' .. present[2] .. ':' .. present[3])
end
present[8], present[9], present[10], present[11] = announced, late, before, ranks(reports)
return present
`);

/**
 * Entries from position `first` to `last`, both from 0. O(log n + entries).
 * KEYS: z h m g. ARGV: common three, 4 first, 5 last.
 * Reply: {epoch, version, revision, total, through, digest, sum, rank of the first entry, {member, name, ...}} or nil.
 */
export const pageScript = script(`${onIndex}
local present = state()
if not present then return false end
local found = entries(ARGV[4], ARGV[5])
present[8] = found[1] and rank(found[1]) or 0
present[9] = found
return present
`);

/**
 * One player with those around. O(log n + entries).
 * KEYS: z h m g. ARGV: common three, 4 player, 5 how many on either side.
 * Reply: {epoch, version, revision, total, through, digest, sum} for an unknown player, else further {position, ahead,
 * position of the first around, its rank, {member, name, ... around}, position of the next or 0, its rank or 0,
 * {member, name of the next}}, positions from 1; or nil.
 */
export const playerScript = script(`${onIndex}
local present = state()
if not present then return false end
local value = redis.call('HGET', h, ARGV[4])
if not value then return present end
local member = string.sub(value, 10, width + 18) .. ARGV[4]
local place, total, side = redis.call('ZRANK', z, member), present[4], tonumber(ARGV[5])
local better = ahead(member)
local size = math.min(2 * side + 1, total)
local first = math.max(0, math.min(place - side, total - size))
local around = entries(first, first + size - 1)
local nextPosition = style == 'ordinal' and place or better
local nextFound = nextPosition > 0 and entries(nextPosition - 1, nextPosition - 1) or {}
local found = {place + 1, better, first + 1, rank(around[1]), around, nextPosition, 0, nextFound}
if nextPosition > 0 then found[7] = rank(nextFound[1]) end
for _, part in ipairs(found) do present[#present + 1] = part end
return present
`);

/**
 * Takes the lock of a rebuild. O(1).
 * KEYS: rebuild. ARGV: token, lock ms. Reply: 1, or 0 while another holds it.
 */
export const beginScript = script(`
if redis.call('EXISTS', KEYS[1]) == 1 then return 0 end
redis.call('HSET', KEYS[1], 't', ARGV[1])
redis.call('PEXPIRE', KEYS[1], ARGV[2])
return 1
`);

/**
 * Adds players to the copy that are not in it yet, none to keep the lock alive only. O(players log n), but much less
 * each for neighbours in order: the sorted set is searched on the way that is still in the processor's cache.
 * KEYS: copy z, h, g, rebuild. ARGV: token, rank style, bytes of the column prefix, lock ms,
 * then player and value of each of at most 2,000, as `unpack` has its limit.
 * Reply: {members added to z, to h, to g}, or nil when the lock is no longer ours.
 */
export const copyScript = script(`
local style, width = ARGV[2], tonumber(ARGV[3])
if redis.call('HGET', KEYS[4], 't') ~= ARGV[1] then return false end
local added = {0, 0, 0}
if #ARGV > 4 then
  local members, groups = {}, {}
  for i = 5, #ARGV, 2 do
    members[i - 4], members[i - 3] = '0', string.sub(ARGV[i + 1], 10, width + 18) .. ARGV[i]
    local prefix = style == 'dense' and string.sub(ARGV[i + 1], 10, width + 9)
    if prefix and groups[#groups] ~= prefix then groups[#groups + 1], groups[#groups + 2] = '0', prefix end
  end
  added[1] = redis.call('ZADD', KEYS[1], unpack(members))
  added[2] = redis.call('HSET', KEYS[2], unpack(ARGV, 5))
  if style == 'dense' then added[3] = redis.call('ZADD', KEYS[3], unpack(groups)) end
end
for i = 1, 4 do redis.call('PEXPIRE', KEYS[i], ARGV[4]) end
return added
`);

/**
 * Adds to the copy what changed meanwhile, puts it in the index's place and releases the lock; unless the copy no longer
 * has what was added to it, since keys of it were evicted. O(changes meanwhile * log n); the old keys are freed in the
 * background.
 * KEYS: z h m g rebuild, copy z, h, g.
 * ARGV: common three, 4 token, 5 epoch, 6 revision, 7 channel, 8 uid, 9 through, 10 digest, 11 sum, 12 members added to z
 * and h, 13 to g.
 * Reply: {revision, total, through, digest, sum, announced}; {} when the copy lacks members; nil when the lock is no
 * longer ours, or the steps meanwhile are of another history than the copy.
 */
export const swapScript = script(`
local shape, style, width = ARGV[1], ARGV[2], tonumber(ARGV[3])
${writing}${stepping}${announcing}
if redis.call('HGET', KEYS[5], 't') ~= ARGV[4] then return false end
local function giveUp(reply)
  redis.call('UNLINK', KEYS[5], KEYS[6], KEYS[7], KEYS[8])
  return reply
end
local expected = tonumber(ARGV[12])
local complete = redis.call('ZCARD', KEYS[6]) == expected and redis.call('HLEN', KEYS[7]) == expected
if not complete or redis.call('ZCARD', KEYS[8]) ~= tonumber(ARGV[13]) then return giveUp({}) end
local revision = tonumber(ARGV[6])
local journal, steps = redis.call('HGETALL', KEYS[5]), {}
for i = 1, #journal, 2 do
  local kind, key = string.sub(journal[i], 1, 1), string.sub(journal[i], 2)
  if kind == 'r' then
    revision = math.max(revision, tonumber(journal[i + 1]))
  elseif kind == 's' then
    steps[key] = journal[i + 1]
  elseif kind == 'p' then
    put(KEYS[6], KEYS[7], KEYS[8], key, journal[i + 1])
  end
end
redis.call('UNLINK', KEYS[1], KEYS[2], KEYS[3], KEYS[4], KEYS[5])
for copy, index in pairs({[6] = 1, [7] = 2, [8] = 4}) do
  if redis.call('EXISTS', KEYS[copy]) == 1 then
    redis.call('RENAME', KEYS[copy], KEYS[index])
    redis.call('PERSIST', KEYS[index])
  end
end
local total = redis.call('ZCARD', KEYS[1])
sum = (tonumber(ARGV[11]) + sum) % modulus
redis.call('HSET', KEYS[3], 'epoch', ARGV[5], 'version', 1, 'revision', revision, 'shape', shape, 'total', total,
  'through', ARGV[9], 'digest', ARGV[10], 'sum', sum)
for after, text in pairs(steps) do
  local through, afterDigest, digest = waitingStep(text)
  if step(KEYS[3], after, through, afterDigest, digest) == 'foreign' then
    redis.call('UNLINK', KEYS[1], KEYS[2], KEYS[3], KEYS[4])
    return false
  end
end
local mark = redis.call('HMGET', KEYS[3], 'through', 'digest')
local announced = announce(ARGV[7], ARGV[8] .. ':' .. ARGV[5] .. ':1:' .. revision)
return {revision, total, tonumber(mark[1]), mark[2], sum, announced}
`);

/**
 * Gives up a rebuild. O(1), the copy is freed in the background.
 * KEYS: rebuild, copy z, h, g. ARGV: token.
 */
export const abandonScript = script(`
redis.call('UNLINK', KEYS[2], KEYS[3], KEYS[4])
if redis.call('HGET', KEYS[1], 't') == ARGV[1] then redis.call('UNLINK', KEYS[1]) end
return 1
`);

/**
 * Deletes an index, and with its lock any rebuild under way. O(1), freed in the background.
 * KEYS: z h m g rebuild. ARGV: channel, message, the only epoch to delete or "". Reply: announced.
 */
export const dropScript = script(`${announcing}
if ARGV[3] ~= '' and redis.call('HGET', KEYS[3], 'epoch') ~= ARGV[3] then return 1 end
redis.call('UNLINK', unpack(KEYS))
return announce(ARGV[1], ARGV[2])
`);

/**
 * Uses every command that Rungs uses, but for those of pub/sub, on keys that it deletes. O(1).
 * KEYS: z, h, s (a set), copy of z. ARGV: milliseconds and seconds after which the keys are gone in any case. Reply: 1.
 */
export const probeScript = script(`
local z, h, s, copy = unpack(KEYS)
redis.call('ZADD', z, 0, 'a')
for _, command in ipairs({{'EXISTS'}, {'ZCARD'}, {'ZRANK', 'a'}, {'ZRANGE', 0, 0}, {'ZLEXCOUNT', '-', '+'}, {'ZREM', 'b'}}) do
  redis.call(command[1], z, unpack(command, 2))
end
redis.call('HSET', h, 'a', 1)
for _, command in ipairs({{'HGET', 'a'}, {'HMGET', 'a'}, {'HGETALL'}, {'HLEN'}, {'HINCRBY', 'a', 1}, {'HDEL', 'b'}}) do
  redis.call(command[1], h, unpack(command, 2))
end
redis.call('SADD', s, 'a')
redis.call('SMEMBERS', s)
redis.call('EXPIRE', s, ARGV[2])
redis.call('DEL', s)
redis.call('PEXPIRE', z, ARGV[1])
redis.call('RENAME', z, copy)
redis.call('PERSIST', copy)
redis.call('UNLINK', copy, h)
return 1
`);
