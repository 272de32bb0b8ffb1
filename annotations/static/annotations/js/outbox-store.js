/**
 * The drawer on this device in which unsent ops survive a reload, a crash and a closed lid.
 *
 * Ops are kept per box (one person's copy of one article), so nobody else who signs in on
 * this device can send or see them.
 */

/** @typedef {import("./types.js").Op} Op */
/** @typedef {import("./types.js").Rejected} Rejected */

const DATABASE = "workbench";
const STORES = ["ops", "rejected"];

export class OutboxStore {
  /**
   * @param {IDBDatabase} database
   * @param {string} box
   */
  constructor(database, box) {
    this.database = database;
    this.box = box;
    /** Whether the last write was taken: a device can be full. */
    this.isWorking = true;
  }

  /**
   * Open the drawer, or return null where the browser offers none.
   * @param {string} box
   * @returns {Promise<OutboxStore | null>}
   */
  static async open(box) {
    try {
      const request = indexedDB.open(DATABASE, 1);
      request.onupgradeneeded = () => {
        for (const name of STORES) request.result.createObjectStore(name);
      };
      return new OutboxStore(await settled(request), box);
    } catch {
      return null;
    }
  }

  /** @returns {Promise<{ops: Op[], rejected: Rejected[]}>} everything kept, oldest first */
  async load() {
    const range = IDBKeyRange.bound([this.box], [this.box, []]);
    const reading = this.database.transaction(STORES, "readonly");
    const [ops, rejected] = await Promise.all(
      STORES.map((name) => settled(reading.objectStore(name).getAll(range))),
    );
    return { ops, rejected };
  }

  /** @param {Op} op */
  add(op) {
    this.#write((ops) => ops.put(op, [this.box, op.seq]));
  }

  /**
   * Forget ops that the server has answered for, and keep those it refused on their own list.
   * @param {Op[]} answered
   * @param {Rejected[]} rejected
   */
  settle(answered, rejected) {
    this.#write((ops, refused) => {
      for (const op of answered) ops.delete([this.box, op.seq]);
      for (const item of rejected) refused.put(item, [this.box, item.op.seq]);
    });
  }

  /** @param {Rejected} item */
  dismiss(item) {
    this.#write((ops, refused) => refused.delete([this.box, item.op.seq]));
  }

  /** @param {(ops: IDBObjectStore, rejected: IDBObjectStore) => void} work */
  #write(work) {
    // Nobody waits for the disk: the op is on its way to the server at the same time.
    try {
      const writing = this.database.transaction(STORES, "readwrite", { durability: "relaxed" });
      writing.oncomplete = () => void (this.isWorking = true);
      writing.onabort = () => void (this.isWorking = false);
      work(writing.objectStore("ops"), writing.objectStore("rejected"));
    } catch {
      // The browser has closed the drawer; the op is on its way all the same.
      this.isWorking = false;
    }
  }
}

/**
 * @template T
 * @param {IDBRequest<T>} request
 * @returns {Promise<T>}
 */
function settled(request) {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}
