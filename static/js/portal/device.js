"use strict";
/*
 * What this device keeps for the person who is signed in: drafts and unsent forms, always sealed.
 *
 * Rows lie in IndexedDB as AES-GCM ciphertext. The key is made by the server from the person, is
 * stored here as a CryptoKey that no script can export, and is deleted at sign-out; the ciphertext
 * stays, so the same person finds the draft again and nobody else can read it.
 */
const device = {
  person: null,
  key: null,
  opened: null,

  open() {
    this.opened ??= new Promise((resolve, reject) => {
      const request = indexedDB.open("aarportal", 1);
      request.onupgradeneeded = () => {
        for (const store of ["keys", "drafts", "outbox"]) {
          request.result.createObjectStore(store, { keyPath: "id" });
        }
      };
      request.onsuccess = () => resolve(request.result);
      request.onerror = () => reject(request.error);
    });
    return this.opened;
  },

  async run(store, mode, action) {
    const database = await this.open();
    return new Promise((resolve, reject) => {
      const transaction = database.transaction(store, mode);
      const request = action(transaction.objectStore(store));
      transaction.oncomplete = () => resolve(request.result);
      transaction.onabort = () => reject(transaction.error);
    });
  },

  /** Takes the key of the signed-in person; the page where one signs in drops it. */
  async unlock() {
    // Both are missing on a plain http address of a school network: then only the server keeps.
    if (!globalThis.indexedDB || !globalThis.crypto?.subtle) return;
    const person = meta("person");
    const secret = meta("draft-key");
    if (person && secret) {
      const raw = Uint8Array.from(atob(secret), (letter) => letter.charCodeAt(0));
      const use = ["encrypt", "decrypt"];
      const key = await crypto.subtle.importKey("raw", raw, "AES-GCM", false, use);
      await this.run("keys", "readwrite", (keys) => {
        keys.clear();
        return keys.put({ id: person, key });
      });
      Object.assign(this, { person, key });
    } else if (session.signedOut() || session.wasIdle()) {
      await this.lock();
    } else if (document.querySelector("form[data-sheet]")) {
      // The offline sheet names nobody: the one key in the store says whose it is.
      const [held] = await this.run("keys", "readonly", (keys) => keys.getAll());
      if (held) Object.assign(this, { person: held.id, key: held.key });
    }
  },

  async lock() {
    this.key = null;
    if (globalThis.indexedDB) await this.run("keys", "readwrite", (keys) => keys.clear());
  },

  async keep(store, id, content) {
    if (!this.key) return;
    const name = `${this.person}:${id}`;
    const iv = crypto.getRandomValues(new Uint8Array(12));
    const sealed = await crypto.subtle.encrypt(
      { name: "AES-GCM", iv, additionalData: new TextEncoder().encode(name) },
      this.key,
      new TextEncoder().encode(JSON.stringify(content)),
    );
    const row = { id: name, person: this.person, at: Date.now(), iv, sealed };
    await this.run(store, "readwrite", (rows) => rows.put(row));
  },

  async unseal(row) {
    const additionalData = new TextEncoder().encode(row.id);
    const how = { name: "AES-GCM", iv: row.iv, additionalData };
    const plain = await crypto.subtle.decrypt(how, this.key, row.sealed);
    return { at: row.at, ...JSON.parse(new TextDecoder().decode(plain)) };
  },

  async find(store, id) {
    if (!this.key) return null;
    const row = await this.run(store, "readonly", (rows) => rows.get(`${this.person}:${id}`));
    // A row sealed with an older key of the server stays where it is, unread.
    return row ? this.unseal(row).catch(() => null) : null;
  },

  /** Everything of this person in one store, oldest first. */
  async all(store) {
    if (!this.key) return [];
    const rows = await this.run(store, "readonly", (all) => all.getAll());
    const mine = rows.filter((row) => row.person === this.person).sort((a, b) => a.at - b.at);
    const open = await Promise.all(mine.map((row) => this.unseal(row).catch(() => null)));
    return open.filter(Boolean);
  },

  /** Forgets every draft that the server has, too. */
  async forgetSent() {
    // A text that waits beside another one is unsent, so these are all under their own names.
    for (const { name, key, unsent } of await this.all("drafts")) {
      if (!unsent) await this.forget("drafts", `${name}:${key}`);
    }
  },

  async forget(store, id) {
    if (this.key) await this.run(store, "readwrite", (rows) => rows.delete(`${this.person}:${id}`));
  },
};
