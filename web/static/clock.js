// The sandbox clock: shows it, lets it run on, and moves it.

import { dayOf, fill, fullDayOf, later, timeOf } from "./api.js";

const MINUTE = 60_000;
const DAY = 1440 * MINUTE;

export class Clock {
  constructor(root, { api, words, onTrouble, onMoved }) {
    Object.assign(this, { root, api, words, onTrouble, onMoved, pending: [], moved: Promise.resolve(), known: -Infinity });
    this.face = document.getElementById("clock");
    this.free = document.getElementById("free-time");
    this.moving = document.getElementById("moving");
    this.progress = document.getElementById("progress");
    root.addEventListener("click", (event) => {
      const { minutes, next } = event.target.closest("button")?.dataset ?? {};
      if (minutes) this.move({ minutes: Number(minutes) });
      if (next) this.move({ next });
    });
    document.getElementById("free-move").addEventListener("submit", (event) => {
      event.preventDefault();
      this.offered = this.free.value; // it may be replaced again by the time reached
      this.move({ to: this.free.value });
    });
    document.addEventListener("visibilitychange", () => this.iso && this.draw()); // timers rest in a hidden page
  }

  // Bubbles that are told again after a reload carry an older time: only `begin` may turn the clock back.
  show(iso) {
    if (Date.parse(iso) >= this.known) this.begin(iso);
  }

  begin(iso) {
    Object.assign(this, { iso, known: Date.parse(iso), since: Date.now() });
    this.draw();
  }

  // The clock of the sandbox runs at normal speed, so the page counts on from the last moment it was told.
  get now() {
    return later(this.iso, Math.max(0, Date.now() - this.since));
  }

  draw() {
    clearTimeout(this.timer);
    const { now } = this;
    this.timer = setTimeout(() => this.draw(), MINUTE - (Date.parse(now) % MINUTE));
    this.advance(now);
    const minute = now.slice(0, 16);
    if (this.face.dateTime === minute) return;
    this.face.dateTime = minute;
    const part = (kind, className, textContent) => Object.assign(document.createElement(kind), { className, textContent });
    this.face.replaceChildren(part("span", "long", fullDayOf(now)), part("span", "short", dayOf(now)), " ", part("b", "", timeOf(now)));
    this.offer(minute);
  }

  // What the visitor has chosen stays.
  offer(minute) {
    const untouched = !this.free.value || this.free.value === this.offered;
    if (untouched && document.activeElement !== this.free) this.free.value = this.offered = minute;
    this.free.min = minute;
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
      this.aim(where);
      this.show((await this.api.post("/clock", where)).now);
    } catch (error) {
      this.onTrouble(error.message);
    } finally {
      this.onMoved();
    }
  }

  // Where a move goes, as the server reckons it.
  aim({ minutes, next, to }) {
    const { now } = this;
    let goal = to ?? later(now, minutes * MINUTE || 0);
    if (next) goal = `${now.slice(0, 10)}T${next}:00`;
    if (next && goal <= now.slice(0, 19)) goal = later(goal, DAY);
    this.way = { from: Date.parse(now.slice(0, 19)), to: Date.parse(goal.slice(0, 19)) };
    this.moving.textContent = fill(this.words.moving, { day: dayOf(goal.padEnd(19, ":00")), time: timeOf(goal) });
    this.advance(now);
  }

  advance(now) {
    if (this.way) this.progress.value = (Date.parse(now.slice(0, 19)) - this.way.from) / (this.way.to - this.way.from);
  }

  // The buttons stay focusable meanwhile, so that keyboard users keep their place.
  busy() {
    const moving = this.pending.length > 0;
    this.root.ariaBusy = String(moving);
    this.face.parentElement.toggleAttribute("data-moving", moving);
    if (moving) return;
    this.way = null;
    this.moving.textContent = "";
  }
}
