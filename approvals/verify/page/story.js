// What people signed, who might, and whether what ran on machines matches it.

const KEPT = /^(approvals\.(decision|request)\..*|registry\.version\.added.*|ledger\.(key\.used|personal\.erased).*)$/;
const RAN = ["active", "confirmed", "fallen_back"];
const GROUNDS = ["request", "evidence", "policy", "spec", "golden", "fallback"];

// ---- what was signed offline

class Offline {
  constructor() { Object.assign(this, { roots: [], lists: [], root: 0, listed: 0, rosters: new Map(), seen: new Set() }); }

  async load(files, given) {
    const named = below(files, "tuf", ".root.json");
    for (let version = 1; version <= named.length; version++) this.roots.push(metadata(files, `tuf/${version}.root.json`, "root"));
    demand(!given || this.roots.length, "There is no root in this export, though you gave the digest of one.");
    demand(!given || this.roots[0].digest === given.toLowerCase(), "The first root here is not the one that you gave.");
    for (const [index, one] of this.roots.entries()) {
      demand(await enough(one, one.said, "root"), `${one.name} is not signed by enough of its own keys.`);
      if (index) demand(await enough(one, this.roots[index - 1].said, "root"), `${one.name} is not signed by the root before it.`);
    }
    for (const name of below(files, "tuf")) {
      if (name.endsWith(".targets.json")) this.lists.push(metadata(files, name, "targets"));
      else demand(named.includes(name), `${name} does not belong to this export.`);
    }
    this.lists.sort((a, b) => a.said.version - b.said.version);
    return this.roots.length ? this.roots[0].digest : "";
  }

  seeRoot(event) {
    const { version, digest } = event.data;
    demand(version === this.root + 1 && version <= this.roots.length, `Event ${event.id} tells of a root that is not here in its turn.`);
    demand(this.roots[version - 1].digest === digest, `Event ${event.id} tells of another root.`);
    this.root = version;
    this.seen.add(this.roots[version - 1].name);
  }

  async seeRoster(event, files) {
    const line = subject(event, "line"), name = `rosters/${line}/${need(event.data, "version")}.json`;
    const data = read(files, name), digest = digestOf(data), at = moment(event.at);
    demand(digest === event.data.digest, `${name} is not the roster of which event ${event.id} tells.`);
    demand(this.root, `${name} was signed before there was a root.`);
    const root = this.roots[this.root - 1].said;
    let list = null;
    for (const one of this.lists) {
      const listed = need(one.said, "targets"), path = `roster/${line}.json`;
      const entry = Object.hasOwn(listed, path) ? listed[path] : null;
      const fits = entry && need(entry, "length") === data.length && need(entry, "hashes", "sha256") === digest;
      if (fits && one.said.version >= this.listed && (await enough(one, root, "targets"))) { list = one; break; }
    }
    demand(list, `${name} is in no list that the offline key signed.`);
    const roster = once(textOf(data)), before = this.rosters.get(line);
    demand(roster.line === line && roster.version === event.data.version, `${name} is the roster of another line or version.`);
    demand(roster.version > (before ? before.version : 0), `${name} is older than the roster before it.`);
    demand(at < moment(need(root, "expires")), `${name} was signed after its root had expired.`);
    const until = Math.min(moment(need(roster, "expires")), moment(need(list.said, "expires")));
    this.listed = list.said.version;
    this.rosters.set(line, { ...roster, until });
    this.seen.add(name).add(list.name);
    return Boolean(roster.recovered) && need(roster.recovered, "since") === roster.version; // people accept where the log goes on
  }
}
function once(text) { // JSON that need not be canonical, but in which no key stands twice in one object
  const spots = [];
  let depth = 0;
  const keys = [];
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"(\s*:)?|[{}]/g)) {
    if (token === "{") keys[++depth] = new Set();
    else if (token === "}") depth--;
    else if (token.endsWith(":")) {
      const key = JSON.parse(token.replace(/\s*:$/, ""));
      spots.push(keys[depth].has(key));
      keys[depth].add(key);
    }
  }
  demand(!spots.includes(true), "A key stands twice in one object.");
  return JSON.parse(text);
}
function metadata(files, name, role) {
  const data = read(files, name), whole = once(textOf(data));
  const fits = fieldsAre(whole, ["signed", "signatures"]) && whole.signed._type === role;
  demand(fits && `tuf/${whole.signed.version}.${role}.json` === name, `${name} is not signed metadata of that kind and version.`);
  return { name, said: whole.signed, signatures: whole.signatures, digest: digestOf(data) };
}
async function enough(one, root, role) { // different keys of the role, as many as it demands
  const place = need(root, "roles", role), known = new Map(), good = new Set();
  for (const id of need(place, "keyids")) {
    const key = need(root, "keys", id);
    if (need(key, "keytype") === "ed25519" && need(key, "scheme") === "ed25519") known.set(id, need(key, "keyval", "public"));
  }
  for (const { keyid, sig } of one.signatures) {
    if (!known.has(keyid) || !/^([0-9a-f]{2})+$/.test(sig)) continue;
    if (await signedByRaw(unhex(known.get(keyid)), unhex(sig), utf8.encode(olpc(one.said)))) good.add(known.get(keyid));
  }
  return place.threshold >= 1 && good.size >= place.threshold;
}

// ---- signatures of people

function pae(statement) { // DSSE pre-authentication encoding
  const kind = "application/vnd.in-toto+json";
  return join(utf8.encode(`DSSEv1 ${kind.length} ${kind} ${statement.length} `), statement);
}
function passkeyParts(envelope) {
  const fields = ["kind", "credential_id", "authenticator_data", "client_data", "signature"];
  demand(fieldsAre(envelope, fields), "A passkey's envelope has other fields.");
  const raw = unurl(envelope.client_data), authenticator = unurl(envelope.authenticator_data), client = once(textOf(raw));
  demand(authenticator.length >= 37 && client && typeof client === "object" && !Array.isArray(client), "A passkey's signature is cut short.");
  return { raw, client, authenticator };
}
async function checkOwn(statement, envelope, key) { // the assurance
  if (need(envelope, "kind") === "passkey") {
    const { raw, client, authenticator } = passkeyParts(envelope);
    demand(client.type === "webauthn.get", "A passkey's signature was not made for signing.");
    demand(client.challenge === b64url(sha256(pae(statement))), "A passkey's signature was made for another statement.");
    const good = await signedByKey(unurl(key), unurl(envelope.signature), join(authenticator, sha256(raw)));
    demand(good, "A signature is not that key's over these bytes.");
    return "passkey";
  }
  demand(envelope.kind === "seal" && fieldsAre(envelope, ["kind", "key_id", "signature"]), "A statement is neither signed nor sealed.");
  demand(await signedByRaw(unhex(key), unhex(envelope.signature), pae(statement)), "A seal is not that key's over these bytes.");
  return "code";
}
async function checkUnderRoster(roster, { statement, body, envelope }) {
  const refuse = (words, site) => { throw new Unfit(words, site); };
  const person = need(roster, "people").find((one) => need(one, "id") === need(body, "person", "id"));
  if (!person || !need(person, "roles").includes(body.role)) refuse("the roster does not give this person that role");
  const revoked = need(roster, "revoked");
  if (envelope.kind !== "passkey") {
    const key = need(roster, "seal_keys").find((one) => need(one, "id") === need(envelope, "key_id"));
    if (need(roster, "minimum_assurance") !== "code") refuse("the roster demands a passkey");
    if (!key || revoked.includes(key.id)) refuse("the seal's key does not stand in the roster");
    return checkOwn(statement, envelope, need(key, "public"));
  }
  const key = need(person, "passkeys").find((one) => need(one, "id") === need(envelope, "credential_id"));
  if (!key || revoked.includes(key.id)) refuse("the roster does not give this person that passkey");
  const { client, authenticator } = passkeyParts(envelope);
  if (!need(roster, "origins").includes(client.origin)) refuse("a passkey's signature was made at another site than the roster names", true);
  const framed = Object.hasOwn(client, "topOrigin") || (Object.hasOwn(client, "crossOrigin") && client.crossOrigin !== false);
  if (framed) refuse("a passkey's signature was made inside another site", true);
  if (!same(authenticator.subarray(0, 32), sha256(utf8.encode(need(roster, "rp_id"))))) refuse("a passkey's signature was made for another site", true);
  if ((authenticator[32] & 5) !== 5) refuse("a passkey's signature was made without checking who used the key", true);
  return checkOwn(statement, envelope, need(key, "public_key"));
}
function filled(quorum, held) { // whether different people fill every place; held: [[roles], …]
  const role = Object.keys(quorum).sort().find((one) => quorum[one]);
  if (role === undefined) return true;
  const rest = { ...quorum, [role]: quorum[role] - 1 };
  return held.some((roles, index) => roles.includes(role) && filled(rest, held.filter((_, other) => other !== index)));
}

// ---- the story that the events tell

function loadStatements(files, story) {
  for (const name of below(files, "statements", ".json")) {
    const held = value(files, name), statement = un64(need(held, "statement")), said = parse(statement), digest = digestOf(statement);
    const fits = fieldsAre(held, ["statement", "envelope"]) && fieldsAre(said, ["_type", "subject", "predicateType", "predicate"]);
    demand(fits && name === `statements/${digest}.json`, `${name} is not a statement, or another one than its name says.`);
    demand(said._type === "https://in-toto.io/Statement/v1" && said.subject.length === 1, `${name} is not about one artifact.`);
    demand(said.predicateType === "urn:mlops-portal:decision:v1", `${name} is not a decision.`);
    const one = { name, digest, statement, body: said.predicate, artifact: need(said.subject[0], "digest", "sha256"), envelope: held.envelope };
    Object.assign(one, { accepted: "", whyNot: "no event tells of it", site: false });
    story.byDigest.set(digest, one);
    if (need(one.body, "verdict") === "approve") story.add(need(one.body, "request"), one);
  }
}
class Story {
  constructor(whole) {
    Object.assign(this, { whole, offline: new Offline(), byDigest: new Map(), byRequest: new Map(), approved: new Map() });
    Object.assign(this, { published: new Map(), highest: new Map(), active: new Map(), releases: 0, reports: 0, unshown: 0, broken: [], refused: [] });
    this.settled = null;
  }

  add(request, one) { this.byRequest.set(request, [...(this.byRequest.get(request) || []), one]); }

  see(event, files) {
    const told = {
      "edge.root.signed": () => this.offline.seeRoot(event),
      "edge.roster.signed": async () => { if (await this.offline.seeRoster(event, files)) this.refused = []; },
      "ledger.checkpoint.refused": () => this.refused.push(event),
      "approvals.decision.signed": () => this.judge(this.byDigest.get(need(event.data, "statement"))),
      "approvals.request.approved": () => this.seeApproved(event),
      "edge.release.published": () => this.seePublished(event),
      "edge.target.reported": () => { if (RAN.includes(need(event.data, "state"))) this.seeReported(event); },
    };
    this.settled = Object.hasOwn(told, event.type) ? Promise.resolve().then(told[event.type]) : null;
  }

  async judge(one) {
    if (!one) return;
    const roster = this.offline.rosters.get(need(one.body, "line"));
    Object.assign(one, { accepted: "", site: false, whyNot: "no roster of its line was in force" });
    if (!roster) return;
    try {
      await checkUnderRoster(roster, one);
      one.accepted = `${roster.line}/${roster.version}`;
    } catch (error) {
      if (!(error instanceof Unfit)) throw error;
      Object.assign(one, { whyNot: error.message, site: error.site });
    }
  }

  async filled(signed) {
    for (const one of signed) await this.judge(one);
    const roster = signed.length ? this.offline.rosters.get(signed[0].body.line) : null;
    const grounds = new Set(signed.map((one) => canonical(GROUNDS.map((field) => need(one.body, field)))));
    if (!roster || grounds.size !== 1) return false;
    const people = new Set(signed.filter((one) => one.accepted).map((one) => one.body.person.id));
    return filled(need(roster, "quorum"), roster.people.filter((one) => people.has(one.id)).map((one) => one.roles));
  }

  async seeApproved(event) {
    const request = subject(event, "approval_request");
    demand(!this.approved.has(request), `Event ${event.id} approves a request for the second time.`);
    this.approved.set(request, await this.filled(this.byRequest.get(request) || []));
  }

  break_(event, words) { this.broken.push(`${words} (event ${event.id})`); }

  async seePublished(event) {
    this.releases++;
    const [asset, number, key] = target(event), artifact = subject(event, "artifact"), request = subject(event, "approval_request");
    const before = this.highest.get(asset) || 0;
    if (!this.whole && !this.approved.has(request)) this.unshown++;
    else {
      const why = await this.whyNot(event, asset, number);
      if (why) this.break_(event, `The log tells of release ${number} for ${asset}, ${why}`);
      if (number < before || (number === before && this.published.get(key) !== artifact)) this.break_(event, `The log tells of release ${number} for ${asset} after release ${before} or with other content`);
      if (!this.published.has(key)) this.published.set(key, why ? "" : artifact);
      if (!why) this.approved.set(request, true);
    }
    if (!this.published.has(key)) this.published.set(key, artifact);
    this.highest.set(asset, Math.max(before, number));
  }

  async whyNot(event, asset, number) {
    const line = subject(event, "line"), request = subject(event, "approval_request"), at = moment(event.at);
    const roster = this.offline.rosters.get(line), signed = this.byRequest.get(request) || [];
    if (!this.approved.has(request)) return "whose request nobody had approved by then";
    if (!roster) return "though no roster of its line was in force";
    if (roster.until <= at) return "after the roster of its line had expired";
    for (const { body, artifact } of signed) {
      const targets = need(body, "targets");
      if (body.line !== line || !Object.hasOwn(targets, asset) || targets[asset] !== number) return "which is not the machine or number that people approved";
      if (artifact !== subject(event, "artifact")) return "of another model than the one that people approved";
      if (moment(need(body, "notAfter")) <= at) return "after the approval had ended";
    }
    if (!(await this.filled(signed))) return "which no quorum of the roster in force approved";
    const { body } = signed[0], told = {
      format: "mlops-portal/release@1", line: body.line, asset, number, artifact: signed[0].artifact,
      artifact_size: need(event.data, "artifact_size"), spec: body.spec, golden: body.golden, fallback: body.fallback,
      statements: signed.map((one) => one.digest).sort(),
    };
    return need(event.data, "descriptor") === digestOf(utf8.encode(canonical(told))) ? "" : "whose description for the machine is another";
  }

  seeReported(event) {
    this.reports++;
    const [asset, number, key] = target(event), artifact = subject(event, "artifact"), node = canonical([asset, need(event.actor, "id")]);
    if (!this.whole && !this.published.has(key)) this.unshown++;
    else if (!artifact || this.published.get(key) !== artifact) this.break_(event, `The log tells that ${asset} had a model as release ${number} that was not approved and published to it before`);
    if (event.data.state !== "active") return;
    if (number < (this.active.get(node) || 0)) this.break_(event, `The log tells that ${asset} took the older release ${number}`);
    this.active.set(node, Math.max(number, this.active.get(node) || 0));
  }
}
function target(event) {
  const key = subject(event, "release_target"), slash = key.lastIndexOf("/"), number = key.slice(slash + 1);
  demand(slash >= 0 && /^\d{1,9}$/.test(number), `Event ${event.id} names no machine and number.`);
  return [key.slice(0, slash), Number(number), `${key.slice(0, slash)}/${Number(number)}`];
}

// ---- decisions

async function checkDecisions({ files, facts, story }) {
  const keys = keyFiles(files), events = new Map(facts.of("approvals.decision.signed").map((one) => [need(one.data, "statement"), one]));
  for (const one of story.byDigest.values()) {
    const { name, body } = one, event = events.get(one.digest);
    demand(event && events.delete(one.digest), `${name} is not a statement of which the log tells.`);
    demand(canonical(event.actor) === canonical({ kind: "person", id: need(body, "person", "id") }), `${name} was signed by somebody else than the log says.`);
    const key = need(event.data, "key"), assurance = await checkOwn(one.statement, one.envelope, need(key, "public"));
    demand(event.data.verdict === body.verdict && event.data.assurance === assurance, `${name} says something else than the log.`);
    const used = one.envelope[assurance === "passkey" ? "credential_id" : "key_id"];
    demand(need(key, "id") === used && keys.get(used) === key.public, `${name} was signed with another key than the log names.`);
    demand(moment(need(body, "time")) <= moment(need(body, "notAfter")), `${name} was signed after its request had ended.`);
    const passkey = assurance === "passkey", bare = name.slice(0, -".json".length), { envelope } = one;
    const signed = passkey ? join(unurl(envelope.authenticator_data), sha256(unurl(envelope.client_data))) : pae(one.statement);
    const sig = passkey ? unurl(envelope.signature) : unhex(envelope.signature);
    demand(same(read(files, `${bare}.signed`), signed) && same(read(files, `${bare}.sig`), sig), `The bytes for openssl beside ${name} are others.`);
    checkGrounds(files, facts, one);
  }
  demand(!events.size, "The log tells of a statement that is missing.");
  return `${story.byDigest.size} decisions are signed with the keys that the log names.`;
}
function keyFiles(files) {
  const listed = value(files, "keys/signing.json"), keys = new Map(), wanted = new Map();
  for (const one of need(listed, "passkeys")) {
    keys.set(need(one, "id"), need(one, "public_key"));
    wanted.set(need(one, "file"), unurl(one.public_key));
  }
  for (const one of need(listed, "seals")) {
    keys.set(need(one, "id"), need(one, "public"));
    wanted.set(`keys/seal-${one.id.slice(0, 16)}.pem`, join(ED25519, unhex(one.public)));
  }
  for (const key of value(files, "keys/checkpoint.json")) {
    const [, id, ...rest] = key.split("+");
    wanted.set(`keys/checkpoint-${id}.pem`, join(ED25519, un64(rest.join("+")).subarray(1)));
  }
  const names = [...wanted.keys(), "keys/checkpoint.json", "keys/signing.json"].sort();
  demand(names.join() === below(files, "keys").join(), "The keys are not those that their lists name.");
  for (const [name, der] of wanted) {
    const [begin, ...rest] = textOf(read(files, name)).split("\n"), [end, last] = rest.splice(-2);
    const framed = begin === "-----BEGIN PUBLIC KEY-----" && end === "-----END PUBLIC KEY-----" && last === "";
    demand(framed && same(un64(rest.join("")), der), `${name} is another key than the one that is listed.`);
  }
  return keys;
}
function checkGrounds(files, facts, { name, body, artifact }) {
  const pack = value(files, `evidence/${need(body, "evidence")}.json`), policy = value(files, `policies/${need(body, "policy")}.json`);
  const targets = canonical(need(pack, "targets")) === canonical(need(body, "targets"));
  demand(need(pack, "artifact") === artifact && targets, `${name} and its evidence are about different artifacts or machines.`);
  const rules = need(policy, "rules");
  demand(digestOf(utf8.encode(canonical(rules))) === need(pack, "policy", "digest"), `${name}: its policy is not the one in the evidence.`);
  const hard = need(pack, "gates").some((one) => need(one, "kind") === "hard" && !need(one, "met"));
  demand(body.verdict !== "approve" || !hard, `${name} approves although a hard gate was not met.`);
  for (const event of facts.of("approvals.request.opened"))
    if (subject(event, "approval_request") === need(body, "request"))
      demand(event.actor.id === need(pack, "asked_by"), `${name}: somebody else asked than its evidence says.`);
  for (const event of facts.of("registry.version.added"))
    if (subject(event, "model_version", "about") === need(pack, "version")) // its parent is named too
      demand((event.actor.kind === "person" ? event.actor.id : "") === need(pack, "trained_by"), `${name}: somebody else trained it than its evidence says.`);
  const person = body.person.id, labels = need(pack, "manifest", "per_person"), count = Object.values(labels).reduce((a, b) => a + b, 0);
  demand(![need(pack, "asked_by"), need(pack, "trained_by")].includes(person), `${name} was signed by the person who asked for it or trained it.`);
  const share = Object.hasOwn(labels, person) ? labels[person] : 0;
  demand(share <= need(pack, "policy", "rules", "label_share") * Math.max(count, 1), `${name} was signed by somebody who gave too large a share of the labels.`);
  const digest = need(pack, "manifest", "digest"), path = `manifests/${digest}.json`;
  demand(!digest || !facts.whole || files.has(path), `${name}: the manifest that its evidence names is missing.`);
  if (!digest || !files.has(path)) return;
  const people = {};
  for (const row of need(value(files, path), "rows")) if (need(row, "person")) people[row.person] = (people[row.person] || 0) + 1;
  demand(canonical(people) === canonical(labels), `${name}: its evidence names other teachers than the manifest.`);
}
function checkQuorums({ facts, story }) {
  const all = [...story.byDigest.values()], site = all.filter((one) => one.site);
  if (site.length) throw new Broken(site.map((one) => `${one.name} counts at no machine: ${one.whyNot}`).join("; "));
  for (const event of facts.of("approvals.request.approved"))
    demand(story.byRequest.has(subject(event, "approval_request")), "A request is approved, but nobody signed.");
  const unshown = [...story.approved.values()].filter((met) => !met).length, lost = all.filter((one) => !one.accepted);
  if (unshown) throw new Open(`For ${unshown} approvals no roster in force showed a quorum; nothing was released on them.`);
  if (lost.length) throw new Open(`${lost.length} decisions count under no roster so far: ${lost[0].whyNot}.`);
  return `${story.approved.size} approvals rest on a quorum of the roster in force.`;
}
