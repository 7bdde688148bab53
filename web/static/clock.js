// The sandbox clock: shows it, and moves it on.

import { dayOf, fullDayOf, timeOf } from "./api.js";

export class Clock {
  constructor(root, { api, words, onTrouble }) {
    Object.assign(this, { root, api, words, onTrouble, pending: [], moved: Promise.resolve() });
    this.face = document.getElementById("clock");
    this.free = document.getElementById("free-time");
    root.addEventListener("click", (event) => {
      const { minutes, next } = event.target.closest("button")?.dataset ?? {};
      if (minutes) this.move({ minutes: Number(minutes) });
      if (next) this.move({ next });
    });
    document.getElementById("free-move").addEventListener("submit", (event) => {
      event.preventDefault();
      this.move({ to: this.free.value });
    });
  }

  // Bubbles that are told again after a reload carry an older time: only `begin` may turn the clock back.
  show(iso) {
    if (Date.parse(iso) >= Date.parse(this.face.dateTime)) this.begin(iso);
  }

  begin(iso) {
    this.face.dateTime = iso;
    const part = (kind, className, textContent) => Object.assign(document.createElement(kind), { className, textContent });
    this.face.replaceChildren(part("span", "long", fullDayOf(iso)), part("span", "short", dayOf(iso)), " ", part("b", "", timeOf(iso)));
    if (document.activeElement !== this.free) this.free.value = iso.slice(0, 16);
    this.free.min = iso.slice(0, 16);
  }

  // Moves wait for each other, so that a step of the guide is not lost; a double click counts once.
  move(where) {
    const asked = JSON.stringify(where);
    if (this.pending.at(-1) === asked) return;
    this.pending.push(asked);
    this.moved = this.moved.then(() => this.run(where)).finally(() => this.pending.shift() && this.busy());
    this.busy();
  }

  async run(where) {
    try {
      this.onTrouble("");
      this.show((await this.api.post("/clock", where)).now);
    } catch (error) {
      this.onTrouble(error.message);
    }
  }

  // The buttons stay focusable meanwhile, so that keyboard users keep their place.
  busy() {
    this.root.ariaBusy = String(this.pending.length > 0);
    if (this.pending.length) this.face.parentElement.dataset.moving = this.words.moving;
    else delete this.face.parentElement.dataset.moving;
  }
}
