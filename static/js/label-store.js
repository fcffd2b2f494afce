// What this device keeps of a line: parts to judge, and taps that the portal has not confirmed.
//
// - In IndexedDB; in localStorage where that does not open, and for taps also where it is full.
// - A tap takes its part away in the same transaction, so that two windows never judge one part twice.
// - A promise that is fulfilled means that it is on the disk. Where somebody clears the disk meanwhile, the window
//   writes again what it knows of: a tap that was sent by then counts once.
"use strict";

window.labelStore = (function () {
  const NAME = "labels";
  const STORES = { tasks: "id", taps: "key" };

  const asked = (request) =>
    new Promise((yes, no) => {
      request.onsuccess = () => yes(request.result);
      request.onerror = () => no(request.error);
    });

  // Both backends: read() gives {tasks, taps}; write(change) does all of it or nothing, and false where
  // change.need, [store, id, test], does not hold.
  function inDatabase(db, known) {
    async function begin(...how) {
      try {
        return db.transaction(Object.keys(STORES), ...how);
      } catch {
        db = await database((empty) => known().forEach(([name, record]) => empty.objectStore(name).put(record)));
        return db.transaction(Object.keys(STORES), ...how);
      }
    }
    return {
      async read() {
        const transaction = await begin();
        const [tasks, taps] = await Promise.all(
          Object.keys(STORES).map((name) => asked(transaction.objectStore(name).getAll())),
        );
        return { tasks, taps };
      },
      async write({ put = [], drop = [], need = null }) {
        const transaction = await begin("readwrite", { durability: "strict" });
        const over = new Promise((yes, no) => {
          transaction.oncomplete = () => yes(true);
          transaction.onabort = () => no(transaction.error || new Error("aborted"));
        });
        over.catch(() => {});
        if (need) {
          const record = await asked(transaction.objectStore(need[0]).get(need[1]));
          if (!record || (need[2] && !need[2](record))) return false;
        }
        put.forEach(([name, record]) => transaction.objectStore(name).put(record));
        drop.forEach(([name, id]) => transaction.objectStore(name).delete(id));
        return over;
      },
    };
  }

  function inText() {
    const read = () => ({ tasks: [], taps: [], ...JSON.parse(localStorage.getItem(NAME) || "{}") });
    return {
      read: async () => read(),
      async write({ put = [], drop = [], need = null }) {
        const all = read();
        const find = (name, id) => all[name].find((one) => one[STORES[name]] === id);
        if (need) {
          const record = find(need[0], need[1]);
          if (!record || (need[2] && !need[2](record))) return false;
        }
        const without = (name, id) => (all[name] = all[name].filter((one) => one[STORES[name]] !== id));
        drop.forEach(([name, id]) => without(name, id));
        put.forEach(([name, record]) => {
          without(name, record[STORES[name]]);
          all[name].push(record);
        });
        localStorage.setItem(NAME, JSON.stringify(all)); // throws where there is no room
        return true;
      },
    };
  }

  async function database(fill = () => {}) {
    const request = indexedDB.open(NAME, 1);
    request.onupgradeneeded = () => {
      Object.entries(STORES).forEach(([name, keyPath]) => request.result.createObjectStore(name, { keyPath }));
      fill(request.transaction);
    };
    const db = await asked(request);
    db.onversionchange = () => db.close(); // whoever clears this device need not wait for this page
    return db;
  }

  async function open() {
    const kept = new Map(); // parts that this window knows to be on the disk
    const mine = new Map(); // its own taps there
    const known = () => [
      ...[...kept.values()].filter(Boolean).map((task) => ["tasks", task]),
      ...[...mine.values()].map((tap) => ["taps", tap]),
    ];
    const text = inText();
    let first = text;
    try {
      first = inDatabase(await database(), known);
    } catch {
      // a private window, or a browser without it
    }
    const both = first === text ? [first] : [first, text];
    const inOrder = (taps) => taps.sort((one, other) => one.order - other.order);

    return {
      tasks: async () => (await first.read()).tasks.sort((one, other) => one.place - other.place),
      taps: async () => inOrder((await Promise.all(both.map((one) => one.read()))).flatMap((one) => one.taps)),
      async keep(tasks) {
        await first.write({ put: tasks.map((task) => ["tasks", task]) });
        tasks.forEach((task) => kept.set(task.id, task));
      },
      async drop(tasks) {
        tasks.forEach((task) => kept.delete(task.id));
        await first.write({ drop: tasks.map((task) => ["tasks", task.id]) });
      },

      // True: kept. False: another window has judged the part. It throws where there is no room anywhere.
      async tap(task, tap) {
        const need = kept.has(task.id) ? ["tasks", task.id] : null;
        try {
          const done = await first.write({ put: [["taps", tap]], drop: [["tasks", task.id]], need });
          if (done) {
            kept.set(task.id, null); // it was there, and is judged
            mine.set(tap.key, tap);
          }
          return done;
        } catch (error) {
          if (first === text) throw error;
          await text.write({ put: [["taps", tap]] });
          await first.write({ drop: [["tasks", task.id]] }).catch(() => {});
          return true;
        }
      },

      // Take a tap back that is not on its way; false where it is, or is saved.
      async untap(tap, task) {
        for (const one of both) {
          const here = ["taps", tap.key, (record) => !record.underway];
          if (await one.write({ drop: [["taps", tap.key]], need: here })) {
            mine.delete(tap.key);
            await this.keep([task]).catch(() => {}); // it is on the screen anyway
            return true;
          }
        }
        return false;
      },

      // Mark a tap (on its way, not taken); false where it is gone by now.
      async mark(tap, marks) {
        Object.assign(tap, marks);
        if (mine.has(tap.key)) mine.set(tap.key, tap);
        let there = false;
        for (const one of both) {
          try {
            if (await one.write({ put: [["taps", tap]], need: ["taps", tap.key] })) there = true;
          } catch {
            there = true; // no room for the mark: the tap itself is kept
          }
        }
        return there;
      },
      async forget(tap) {
        mine.delete(tap.key);
        await Promise.all(both.map((one) => one.write({ drop: [["taps", tap.key]] })));
      },
    };
  }

  return { open };
})();
