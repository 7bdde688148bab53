// Which conversations hold bubbles that their reader has not seen; kept over a reload of the page.

const STORE = "lianfang-read";

export class Unread {
  constructor() {
    this.begin("");
  }

  // Bubble ids mean something only within one scene (until the sandbox is started again).
  begin(scene) {
    this.scene = scene;
    this.waiting = new Map();
    const kept = JSON.parse(sessionStorage.getItem(STORE) ?? "{}");
    this.seen = kept.scene === scene ? kept.seen : {};
  }

  add(key, id) {
    if (id <= (this.seen[key] ?? 0)) return;
    if (!this.waiting.has(key)) this.waiting.set(key, new Set());
    this.waiting.get(key).add(id);
  }

  read(key, last) {
    if (last > (this.seen[key] ?? 0)) {
      this.seen[key] = last;
      sessionStorage.setItem(STORE, JSON.stringify({ scene: this.scene, seen: this.seen }));
    }
    const ids = this.waiting.get(key);
    for (const id of ids ?? []) if (id <= last) ids.delete(id);
  }

  count(key) {
    return this.waiting.get(key)?.size ?? 0;
  }

  // All conversations of one person.
  total(viewer) {
    let sum = 0;
    for (const [key, ids] of this.waiting) if (key.startsWith(`${viewer}|`)) sum += ids.size;
    return sum;
  }
}
