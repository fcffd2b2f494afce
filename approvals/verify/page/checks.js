// The checks, in the order of docs/export-format.md; verifyExport(bytes, {root, key, checkpoint}) tells their outcome.

const FIELDS = ["v", "id", "type", "at", "actor", "channel", "subjects", "data", "personal"];
const COUNTED = ["statements", "evidence", "manifests", "policies"];
const below = (files, folder, end = "") =>
  [...files.keys()].filter((name) => name.startsWith(`${folder}/`) && name.endsWith(end)).sort();
function read(files, name) {
  demand(files.has(name), `${name} is missing.`);
  return files.get(name);
}
const value = (files, name) => parse(read(files, name));
function* lines(files, name) {
  const data = read(files, name);
  for (let at = 0; at < data.length;) {
    const end = data.indexOf(10, at);
    demand(end >= 0, `${name} is cut short.`);
    yield data.subarray(at, end);
    at = end + 1;
  }
}
function* table(text) { // RFC 4180
  let row = [], cell = "", quoted = false, begun = false;
  for (let at = 0; at < text.length; at++) {
    const sign = text[at];
    begun = true;
    if (quoted && sign === '"' && text[at + 1] === '"') { cell += '"'; at++; }
    else if (quoted) { if (sign === '"') quoted = false; else cell += sign; }
    else if (sign === '"' && cell === "") quoted = true;
    else if (sign === ",") { row.push(cell); cell = ""; }
    else if (sign === "\n" || sign === "\r") {
      if (sign === "\r" && text[at + 1] === "\n") at++;
      yield [...row, cell];
      row = []; cell = ""; begun = false;
    } else cell += sign;
  }
  if (begun) yield [...row, cell];
}
function subject(event, kind, role = "") {
  const named = event.subjects.filter((one) => need(one, "kind") === kind && (!role || need(one, "relation") === role));
  demand(named.length < 2, `Event ${event.id} names more than one ${kind}.`);
  return named.length ? need(named[0], "id") : "";
}

// ---- the tree (RFC 9162) and signed notes

const leafOf = (line) => sha256(new Uint8Array([0]), line);
const node = (left, right) => sha256(new Uint8Array([1]), left, right);
function push(edge, leaf) {
  let size = 1;
  while (edge.length && edge.at(-1).size === size) { leaf = node(edge.pop().hash, leaf); size *= 2; }
  edge.push({ size, hash: leaf });
}
const rootOf = (edge) =>
  edge.length ? edge.slice(0, -1).reduceRight((right, one) => node(one.hash, right), edge.at(-1).hash) : sha256(new Uint8Array());
function split(size) {
  let left = 1;
  while (left * 2 < size) left *= 2;
  return left;
}
function byInclusion(leaf, index, size, proof) {
  const fits = Number.isSafeInteger(index) && index >= 0 && index < size && (size === 1) === !proof.length;
  demand(fits && proof.every((one) => one.length === 32), "An inclusion proof does not fit.");
  if (size === 1) return leaf;
  const left = split(size), rest = proof.slice(0, -1), last = proof.at(-1);
  return index < left ? node(byInclusion(leaf, index, left, rest), last)
    : node(last, byInclusion(leaf, index - left, size - left, rest));
}
function byConsistency(old, size, proof, oldRoot, outer = true) { // [old root, new root]
  const long = (old < size || !outer) === Boolean(proof.length) && !(old === size && proof.length > 1);
  demand(old > 0 && old <= size && long && proof.every((one) => one.length === 32), "A consistency proof does not fit.");
  if (old === size) return outer ? [oldRoot, oldRoot] : [proof[0], proof[0]];
  const left = split(size), rest = proof.slice(0, -1), last = proof.at(-1);
  if (old <= left) {
    const [first, second] = byConsistency(old, left, rest, oldRoot, outer);
    return [first, node(second, last)];
  }
  const [first, second] = byConsistency(old - left, size - left, rest, oldRoot, false);
  return [node(last, first), node(last, second)];
}
async function signedText(note, keys) { // [text, key]
  const gap = note.lastIndexOf("\n\n"), text = note.slice(0, gap + 1);
  demand(gap >= 0 && note.endsWith("\n") && gap + 2 < note.length, "A note has no signature.");
  for (const line of note.slice(gap + 2, -1).split("\n")) {
    const [dash, name, encoded, ...more] = line.split(" "), signature = un64(encoded);
    for (const key of keys) {
      const [called, id, ...rest] = key.split("+"), raw = un64(rest.join("+"));
      const fits = digestOf(join(utf8.encode(`${called}\n`), raw)).slice(0, 8) === id && raw[0] === 1;
      demand(fits, "A public key of the log does not fit its id.");
      if (dash !== "\u2014" || more.length || name !== called || hex(signature.subarray(0, 4)) !== id) continue;
      const good = await signedByRaw(raw.subarray(1), signature.subarray(4), utf8.encode(text));
      demand(good, "A signature of a note is not that key's.");
      return [text, key];
    }
  }
  throw new Fault("No known key signed a note.");
}
async function cosigners(note, witnesses) { // the public keys of those that cosigned it, in hex
  const gap = note.lastIndexOf("\n\n"), text = note.slice(0, gap + 1), found = new Set();
  for (const line of note.slice(gap + 2, -1).split("\n")) {
    const [, name, encoded] = line.split(" "), signed = un64(encoded);
    for (const key of witnesses) {
      const [called, id, ...rest] = key.split("+"), raw = un64(rest.join("+"));
      const fits = digestOf(join(utf8.encode(`${called}\n`), raw)).slice(0, 8) === id && raw[0] === 4;
      demand(fits, "A public key of a witness does not fit its id.");
      if (name !== called || hex(signed.subarray(0, 4)) !== id) continue;
      const time = BigInt(`0x${hex(signed.subarray(4, 12)) || 0}`);
      const good = await signedByRaw(raw.subarray(1), signed.subarray(12), utf8.encode(`cosignature/v1\ntime ${time}\n${text}`));
      demand(good, "A cosignature is not that witness's.");
      found.add(hex(raw));
    }
  }
  return found;
}
async function checkpointOf(note, keys) {
  const [text, key] = await signedText(note, keys), parts = text.split("\n"), size = Number(parts[1]);
  const fits = parts.length === 4 && parts[0] === key.split("+")[0] && Number.isSafeInteger(size) && String(size) === parts[1];
  demand(fits, "A checkpoint is malformed or of another log.");
  return { size, root: un64(parts[2]), key };
}

// ---- the checks

async function checkSeal({ files, facts }) {
  const [text, key] = await signedText(textOf(read(files, "export.note")), facts.keys);
  facts.key = key;
  const wanted = `${key.split("+")[0]}/export\n${digestOf(read(files, "export.json"))}\n`;
  demand(text === wanted, "export.json is not the one that was sealed.");
  const listed = need(facts.told, "files"), names = [...files.keys()].filter((name) => !/^export\.(json|note)$/.test(name));
  demand(fieldsAre(listed, names), "A file is missing, or does not belong to this export.");
  for (const name of names) demand(digestOf(files.get(name)) === listed[name], `${name} was changed after the export was sealed.`);
  return `The seal holds over ${names.length} files; signed with ${key}.`;
}
async function checkCheckpoint({ files, facts }) {
  const found = await checkpointOf(textOf(read(files, "checkpoint.txt")), facts.keys);
  demand(found.size === need(facts.told, "totals", "leaves"), "checkpoint.txt covers another number of events.");
  demand(found.key === facts.key, "checkpoint.txt and the seal are signed with different keys.");
  Object.assign(facts, { size: found.size, root: found.root });
  return `The checkpoint over ${found.size} events is signed.`;
}
async function checkRoot({ files, facts, story }) {
  const digest = await story.offline.load(files, facts.givenRoot);
  loadStatements(files, story);
  if (!digest) throw new Open("There is no offline root in this export: who might approve is the portal's word alone.");
  if (!facts.givenRoot) throw new Open(`You gave no root, so the export's own is believed. Compare with the paper of the ceremony: ${digest}`);
  return `The ${story.offline.roots.length} offline roots begin with the one that you gave.`;
}
async function earlier({ files, facts }) {
  const roots = new Map();
  for (const line of lines(files, "proofs/checkpoints.jsonl")) {
    const one = parse(line), old = await checkpointOf(need(one, "note"), facts.keys);
    const [first, last] = byConsistency(old.size, facts.size, need(one, "proof").map(unhex), old.root);
    demand(same(first, old.root) && same(last, facts.root), "The log was rewritten: an earlier checkpoint does not lead to this one.");
    roots.set(old.size, old.root);
    facts.notes.set(old.size, one.note);
  }
  return roots;
}
async function checkEvents(all) {
  const { files, facts, story } = all, roots = await earlier(all), edge = [];
  const personal = lines(files, "personal.jsonl"), proofs = facts.whole ? null : lines(files, "proofs/inclusion.jsonl");
  const next = (from) => { const { value: line, done } = from.next(); return done ? null : parse(line); };
  const rows = table(textOf(read(files, "log.csv")).replace(/^\ufeff/, ""));
  rows.next();
  let part = next(personal), last = -1;
  for (const line of lines(files, "events.jsonl")) {
    const event = parse(line), leaf = leafOf(line);
    demand(fieldsAre(event, FIELDS), "A line of events.jsonl is not an event.");
    let index = last + 1;
    if (!proofs) {
      push(edge, leaf);
      demand(!roots.has(index + 1) || same(roots.get(index + 1), rootOf(edge)), "The first events are not those of an earlier checkpoint.");
    } else {
      const one = next(proofs) || { index: -1, proof: [] };
      index = need(one, "index");
      demand(index > last && same(byInclusion(leaf, index, facts.size, need(one, "proof").map(unhex)), facts.root),
        `Event ${event.id} is not proved to stand in the log.`);
    }
    last = index;
    if (event.personal !== null) {
      if (part !== null && need(part, "event") === event.id) {
        const salted = join(unhex(need(part, "salt")), utf8.encode(canonical(need(part, "personal"))));
        demand(digestOf(salted) === event.personal, `The personal part of event ${event.id} was changed.`);
        part = next(personal);
      } else facts.erased++;
    }
    const row = (rows.next().value || []).slice(0, 4);
    demand(row.join("\n") === [index, event.id, event.at, event.type].join("\n"), `log.csv says something else than event ${event.id}.`);
    facts.events++;
    facts.keep(event);
    story.see(event, files);
    await story.settled;
  }
  demand(part === null && rows.next().done && (!proofs || next(proofs) === null), "Other files speak of events that are not in events.jsonl.");
  demand(proofs || (facts.events === facts.size && same(rootOf(edge), facts.root)), "The events do not have the root that the checkpoint signs.");
  return `${facts.events} events ${proofs ? `stand among the ${facts.size} of the` : "are the whole"} log; ${roots.size} earlier checkpoints lead to it.`;
}
function checkComplete({ facts }) {
  if (!facts.whole) throw new Open("This is a part of the log: that nothing else happened is not shown.");
  return "The events are all that the checkpoint covers.";
}
function checkTotals({ files, facts }) {
  const counted = { events: facts.events, erased: facts.erased, leaves: facts.size };
  for (const name of COUNTED) counted[name] = below(files, name, ".json").length;
  for (const [name, count] of Object.entries(counted))
    demand(need(facts.told, "totals", name) === count, `export.json counts other ${name} than there are.`);
  const told = facts.of("ledger.personal.erased").reduce((sum, one) => sum + need(one.data, "count"), 0);
  demand(!facts.whole || facts.erased === told, "Personal parts are missing of which no event tells.");
  demand(facts.of("ledger.key.used").some((one) => need(one.data, "key") === facts.key), "The log names no such checkpoint key.");
  return `The totals are right; ${facts.erased} personal parts were erased.`;
}
function checkDigests({ files, facts }) {
  const names = [...below(files, "evidence"), ...below(files, "manifests")];
  for (const name of names) {
    const stem = name.split("/").pop().replace(/\.[^.]*$/, "");
    demand(digestOf(files.get(name)) === stem, `${name} is not what its name says.`);
  }
  for (const event of facts.of("approvals.request.submitted")) read(files, `evidence/${need(event.data, "evidence")}.json`);
  return `${names.length} evidence packs and manifests are what their digests say.`;
}
function checkRosters({ files, story }) {
  for (const name of [...below(files, "rosters"), ...below(files, "tuf")])
    demand(story.offline.seen.has(name), `No event of the log tells of ${name}.`);
  return `Offline keys signed the rosters in force, of ${story.offline.rosters.size} lines.`;
}
async function checkWitnesses({ facts, story }) {
  const known = new Set([...story.offline.rosters.values()].flatMap((one) => (Object.hasOwn(one, "witnesses") ? one.witnesses : [])));
  const reach = new Map(), refused = story.refused.map((one) => `${need(one.data, "witness")} refused a checkpoint (event ${one.id})`);
  for (const [size, note] of [...facts.notes].sort((a, b) => a[0] - b[0]))
    for (const one of await cosigners(note, known)) reach.set(one, size);
  demand(reach.size >= facts.witnesses, `You ask for ${facts.witnesses} witnesses; ${reach.size} whom a roster names cosigned it.`);
  if (refused.length) throw new Broken(`${refused.slice(0, 20).join("; ")} – ${refused.length} in all.`);
  if (!reach.size) throw new Open("No witness whom a roster names cosigned this log: others may have been shown another one.");
  const wanted = facts.witnesses || 1, size = [...reach.values()].sort((a, b) => b - a)[wanted - 1];
  return `${reach.size} of ${known.size} witnesses cosigned this log, ${wanted} of them its first ${size} events; none is shown for the ${facts.size - size} after that.`;
}
function checkReleases({ story }) {
  if (story.broken.length) throw new Broken(`${story.broken.slice(0, 20).join("; ")} – ${story.broken.length} in all.`);
  if (story.unshown) throw new Open(`${story.unshown} releases or reports rest on events outside of this part of the log.`);
  return `${story.releases} releases and ${story.reports} reports of models that ran match what people approved.`;
}
async function checkKept(all) {
  const { files, facts, kept } = all, old = await checkpointOf(kept, facts.keys);
  let roots = new Map([[facts.size, facts.root]]);
  if (facts.whole && old.size < facts.size) {
    const edge = [];
    let count = 0;
    for (const line of lines(files, "events.jsonl")) if (count++ < old.size) push(edge, leafOf(line)); else break;
    roots = new Map([[old.size, rootOf(edge)]]);
  } else if (old.size !== facts.size) roots = await earlier(all);
  if (!roots.has(old.size)) throw new Open("This export does not show whether it continues your checkpoint.");
  demand(same(roots.get(old.size), old.root), "The log was rewritten: its first events are not those of your checkpoint.");
  return `The log continues your checkpoint over ${old.size} events.`;
}
const CHECKS = [
  ["seal", checkSeal], ["checkpoint", checkCheckpoint], ["root", checkRoot], ["events", checkEvents],
  ["complete", checkComplete], ["totals", checkTotals], ["digests", checkDigests], ["rosters", checkRosters], ["witnesses", checkWitnesses],
  ["decisions", checkDecisions], ["quorums", checkQuorums], ["releases", checkReleases],
];
async function verifyExport(bytes, given = {}) {
  const outcome = [], all = { kept: given.checkpoint };
  const run = async (name, check) => {
    let word = "ok", text = "";
    try { text = await check(); } catch (error) {
      word = error instanceof Open ? "open" : error instanceof Broken ? "PLANT" : "FAULT";
      text = error instanceof Fault || word !== "FAULT" ? error.message : `Something cannot be read (${error}).`;
    }
    outcome.push({ word, name, text });
  };
  await run("export", () => {
    const files = unzip(bytes), told = value(files, "export.json");
    const keys = given.key ? [given.key] : value(files, "keys/checkpoint.json");
    const fits = told.format === "mlops-portal/export@2" && fieldsAre(told.filter, ["from", "to", "model"]);
    demand(fits, "This is an export of another format.");
    const whole = !Object.values(told.filter).some(Boolean), kept = new Map();
    const facts = { told, keys, whole, givenRoot: (given.root || "").replace(/\s/g, ""), events: 0, erased: 0 };
    Object.assign(facts, { witnesses: Number(given.witnesses || 0), notes: new Map() });
    facts.keep = (event) => {
      if (!KEPT.test(event.type)) return;
      if (!kept.has(event.type)) kept.set(event.type, []);
      kept.get(event.type).push(event);
    };
    facts.of = (type) => kept.get(type) || [];
    Object.assign(all, { files, facts, story: new Story(whole) });
    return whole ? "The whole log." : `A part of the log: ${canonical(told.filter)}.`;
  });
  if (all.story) for (const [name, check] of CHECKS) await run(name, () => check(all));
  if (all.story && given.checkpoint) await run("kept", () => checkKept(all));
  const words = outcome.map((one) => one.word);
  return { outcome, result: words.includes("FAULT") ? "tampered" : words.includes("PLANT") ? "plant" : "good" };
}
