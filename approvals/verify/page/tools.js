"use strict";
// The second verifier's tools, written from docs/export-format.md alone: bytes, JSON, SHA-256, signatures, zip.

class Fault extends Error {} // this export was tampered with
class Open extends Error {} // this export does not hold what would show it
class Broken extends Error {} // the log tells of a plant that broke its promise
class Unfit extends Error { // a machine would not count this decision
  constructor(words, site = false) { super(words); this.site = site; }
}
const demand = (fits, words) => { if (!fits) throw new Fault(words); };
const utf8 = new TextEncoder();
const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const textOf = (bytes) => strict.decode(bytes);
const hex = (bytes) => Array.from(bytes, (one) => one.toString(16).padStart(2, "0")).join("");
function unhex(text) {
  demand(typeof text === "string" && /^([0-9a-f]{2})*$/.test(text), "Something is not hex.");
  return Uint8Array.from(text.match(/../g) || [], (two) => parseInt(two, 16));
}
function join(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, one) => sum + one.length, 0));
  let at = 0;
  for (const one of parts) { whole.set(one, at); at += one.length; }
  return whole;
}
const same = (a, b) => a.length === b.length && a.every((one, index) => one === b[index]);
const base64 = (bytes) => btoa(Array.from(bytes, (one) => String.fromCharCode(one)).join(""));
function un64(text) {
  let bytes = null;
  try { bytes = Uint8Array.from(atob(text), (one) => one.charCodeAt(0)); } catch { bytes = null; }
  demand(bytes && base64(bytes) === text, "Something is not base64.");
  return bytes;
}
const b64url = (bytes) => base64(bytes).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
function unurl(text) {
  demand(typeof text === "string" && /^[A-Za-z0-9_-]*$/.test(text), "Something is not base64url.");
  const bytes = un64(text.replace(/-/g, "+").replace(/_/g, "/") + "=".repeat((4 - (text.length % 4)) % 4));
  demand(b64url(bytes) === text, "Something is not base64url.");
  return bytes;
}

// ---- JSON

function need(value, ...path) { // a field that must be there; never one that objects inherit
  for (const key of path) {
    const has = value !== null && typeof value === "object" && Object.hasOwn(value, key);
    demand(has, `A field is missing: ${key}.`);
    value = value[key];
  }
  return value;
}
const fieldsAre = (value, names) =>
  value !== null && typeof value === "object" && Object.keys(value).sort().join() === [...names].sort().join();
function canonical(value) { // RFC 8785
  if (Array.isArray(value)) return `[${value.map(canonical).join()}]`;
  if (typeof value === "string") {
    demand(value.isWellFormed(), "A text is not Unicode.");
    return JSON.stringify(value);
  }
  if (typeof value === "number") { demand(Number.isFinite(value), "A number is not finite."); return String(value); }
  if (value === null || typeof value === "boolean") return String(value);
  return `{${Object.keys(value).sort().map((key) => `${canonical(key)}:${canonical(value[key])}`).join()}}`;
}
function parse(bytes) { // canonical JSON alone
  const text = textOf(bytes), value = JSON.parse(text);
  demand(canonical(value) === text, "Something is not canonical JSON.");
  return value;
}
function olpc(value) { // the canonical JSON over which TUF signs
  if (typeof value === "string") return `"${value.replace(/\\/g, "\\\\").replace(/"/g, '\\"')}"`;
  if (Array.isArray(value)) return `[${value.map(olpc).join()}]`;
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "number") { demand(Number.isSafeInteger(value), "A number is no whole one."); return String(value); }
  const keys = Object.keys(value).sort((a, b) => compare(utf8.encode(a), utf8.encode(b)));
  return `{${keys.map((key) => `${olpc(key)}:${olpc(value[key])}`).join()}}`;
}
function compare(a, b) {
  for (let at = 0; at < Math.min(a.length, b.length); at++) if (a[at] !== b[at]) return a[at] - b[at];
  return a.length - b.length;
}
const TIME = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,6}))?(Z|[+-]\d\d:\d\d)$/;
function moment(text) { // microseconds since 1970
  const [whole, second, part, zone] = TIME.exec(text) || [];
  const at = Date.parse(`${second}Z`);
  demand(whole && new Date(at).toISOString().startsWith(second), "Something is not a time with its zone.");
  const [hours, minutes] = zone === "Z" ? [0, 0] : [Number(zone.slice(1, 3)), Number(zone.slice(4))];
  demand(hours < 24 && minutes < 60, "Something is not a time with its zone.");
  const offset = (hours * 60 + minutes) * (zone[0] === "-" ? -1 : 1);
  return (at - offset * 60000) * 1000 + Number((part || "").padEnd(6, "0"));
}
const day = (text) => (/^\d{4}-\d\d-\d\d$/.test(text) ? `${text}T00:00:00Z` : text);

// ---- SHA-256 (FIPS 180-4), in one piece, because a log has many small leaves

const ROUND = new Uint32Array(64), START = new Uint32Array(8);
{
  const primes = [];
  for (let n = 2; primes.length < 64; n++) if (primes.every((p) => n % p)) primes.push(n);
  const root = (value, power) => { // the first 32 bits behind the point, exactly
    const scaled = BigInt(value) << BigInt(32 * power);
    let low = 0n, high = 1n << 40n;
    while (low < high) {
      const middle = (low + high + 1n) >> 1n;
      if (middle ** BigInt(power) <= scaled) low = middle; else high = middle - 1n;
    }
    return Number(low & 0xffffffffn);
  };
  primes.forEach((p, at) => { ROUND[at] = root(p, 3); if (at < 8) START[at] = root(p, 2); });
}
function sha256(...parts) {
  const data = parts.length === 1 ? parts[0] : join(...parts);
  const state = Uint32Array.from(START), words = new Uint32Array(64), full = data.length >> 6;
  const block = (bytes, at) => {
    for (let i = 0; i < 16; i++, at += 4)
      words[i] = (bytes[at] << 24) | (bytes[at + 1] << 16) | (bytes[at + 2] << 8) | bytes[at + 3];
    for (let i = 16; i < 64; i++) {
      const x = words[i - 15], y = words[i - 2];
      const s = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
      const t = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
      words[i] = words[i - 16] + s + words[i - 7] + t;
    }
    let [a, b, c, d, e, f, g, h] = state;
    for (let i = 0; i < 64; i++) {
      const s = ((e >>> 6) | (e << 26)) ^ ((e >>> 11) | (e << 21)) ^ ((e >>> 25) | (e << 7));
      const one = (h + s + ((e & f) ^ (~e & g)) + ROUND[i] + words[i]) | 0;
      const t = ((a >>> 2) | (a << 30)) ^ ((a >>> 13) | (a << 19)) ^ ((a >>> 22) | (a << 10));
      const two = (t + ((a & b) ^ (a & c) ^ (b & c))) | 0;
      h = g; g = f; f = e; e = (d + one) | 0; d = c; c = b; b = a; a = (one + two) | 0;
    }
    state[0] += a; state[1] += b; state[2] += c; state[3] += d;
    state[4] += e; state[5] += f; state[6] += g; state[7] += h;
  };
  for (let i = 0; i < full; i++) block(data, i << 6);
  const rest = data.length - (full << 6), tail = new Uint8Array(rest < 56 ? 64 : 128);
  tail.set(data.subarray(full << 6));
  tail[rest] = 0x80;
  new DataView(tail.buffer).setBigUint64(tail.length - 8, BigInt(data.length) * 8n);
  for (let at = 0; at < tail.length; at += 64) block(tail, at);
  const out = new DataView(new ArrayBuffer(32));
  state.forEach((one, at) => out.setUint32(at * 4, one));
  return new Uint8Array(out.buffer);
}
const digestOf = (bytes) => hex(sha256(bytes));

// ---- signatures

const ED25519 = unhex("302a300506032b6570032100"), P256 = unhex("3059301306072a8648ce3d020106082a8648ce3d030107034200");
const RSA = unhex("300d06092a864886f70d010101");
async function holds(algorithm, format, key, signature, data) {
  try {
    const imported = await crypto.subtle.importKey(format, key, algorithm, false, ["verify"]);
    if (imported.algorithm.modulusLength < 2048) return false;
    return await crypto.subtle.verify(algorithm, imported, signature, data);
  } catch { return false; }
}
const signedByRaw = (raw, signature, data) => holds({ name: "Ed25519" }, "raw", raw, signature, data);
function fixed(der) { // r and s of an ECDSA signature, 32 bytes each; null where it is not DER
  let at = 2;
  const number = () => {
    const size = der[at + 1], value = der.subarray(at + 2, at + 2 + size);
    if (der[at] !== 2 || !size || value.length !== size || value[0] > 127) return null;
    if (value[0] === 0 && (size === 1 || value[1] < 128)) return null;
    at += 2 + size;
    const bare = value[0] ? value : value.subarray(1);
    return bare.length > 32 ? null : join(new Uint8Array(32 - bare.length), bare);
  };
  if (der[0] !== 0x30 || der[1] !== der.length - 2) return null;
  const r = number(), s = r && number();
  return s && at === der.length ? join(r, s) : null;
}
async function signedByKey(der, signature, data) { // a SubjectPublicKeyInfo
  if (same(der.subarray(0, ED25519.length), ED25519)) return signedByRaw(der.subarray(ED25519.length), signature, data);
  if (same(der.subarray(0, P256.length), P256)) {
    const plain = fixed(signature), how = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
    return plain !== null && holds(how, "spki", der, plain, data);
  }
  const at = der[1] === 0x82 ? 4 : 3;
  if (!same(der.subarray(at, at + RSA.length), RSA)) return false;
  return holds({ name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }, "spki", der, signature, data);
}

// ---- zip: one list of files has one zip

const CRC = Uint32Array.from({ length: 256 }, (_, n) => {
  for (let k = 0; k < 8; k++) n = n & 1 ? 0xedb88320 ^ (n >>> 1) : n >>> 1;
  return n;
});
function crc32(bytes) {
  let crc = -1;
  for (let at = 0; at < bytes.length; at++) crc = CRC[(crc ^ bytes[at]) & 255] ^ (crc >>> 8);
  return ~crc >>> 0;
}
function packed(sizes, values) {
  const view = new DataView(new ArrayBuffer(sizes.reduce((a, b) => a + b, 0)));
  let at = 0;
  sizes.forEach((size, index) => {
    if (size === 2) view.setUint16(at, values[index], true); else view.setUint32(at, values[index], true);
    at += size;
  });
  return new Uint8Array(view.buffer);
}
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]*(\/[A-Za-z0-9][A-Za-z0-9_.-]*)*$/;
function unzip(bytes) { // the files by their names
  demand(bytes.length < 2 ** 31 - 1, "This page reads exports of up to 2 GiB; take verify.py.");
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length), files = new Map(), listed = [];
  const more = "The zip holds more than its files, or describes one in another way.";
  let at = 0;
  while (at + 30 <= bytes.length && view.getUint32(at, true) === 0x04034b50) {
    const [crc, size, length] = [view.getUint32(at + 14, true), view.getUint32(at + 22, true), view.getUint16(at + 26, true)];
    const name = bytes.subarray(at + 30, at + 30 + length), told = [crc, size, size, length];
    const head = join(packed([4, 2, 2, 2, 2, 2, 4, 4, 4, 2, 2], [0x04034b50, 20, 0, 0, 0, 33, ...told, 0]), name);
    const data = bytes.subarray(at + head.length, at + head.length + size), called = textOf(name);
    demand(same(bytes.subarray(at, at + head.length), head) && data.length === size && crc32(data) === crc, more);
    demand(!files.has(called), "The zip holds a file twice.");
    demand(NAME.test(called), "A file has a name that an export does not give.");
    files.set(called, data);
    const rest = [0, 0, 0, 0, 0x81a40000, at];
    listed.push(packed([4, 2, 2, 2, 2, 2, 2, 4, 4, 4, 2, 2, 2, 2, 2, 4, 4],
      [0x02014b50, 788, 20, 0, 0, 0, 33, ...told, ...rest]), name);
    at += head.length + size;
  }
  const directory = join(...listed), count = files.size;
  const end = packed([4, 2, 2, 2, 2, 4, 4, 2], [0x06054b50, 0, 0, count, count, directory.length, at, 0]);
  demand(same(bytes.subarray(at), join(directory, end)), more);
  return files;
}
