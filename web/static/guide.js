// The four steps: each button opens the right conversations, then fills the composer or moves the clock.
// A step is ticked when it has really happened: when the message was sent, or the time has come.

import { timeOf } from "./api.js";

const HIDDEN = "lianfang-guide-hidden";
const LOW = matchMedia("(max-height: 520px)"); // as in the style sheet: there the guide lies over the conversation

export class Guide {
  constructor({ openChat, openStaff, view, chat, clock, api, privately }) {
    Object.assign(this, { openChat, openStaff, view, chat, clock, api, privately, round: 0 });
    this.strip = document.getElementById("guide");
    this.toggle = document.getElementById("guide-toggle");
    this.steps = [...this.strip.querySelectorAll("li")];
    for (const step of this.steps) step.firstElementChild.addEventListener("click", () => this.play(step));
    this.toggle.addEventListener("click", () => this.choose(this.strip.hidden));
    document.getElementById("guide-close").addEventListener("click", () => {
      this.choose(false);
      this.toggle.focus();
    });
    LOW.addEventListener("change", () => this.unfold());
    this.unfold();
    this.mark();
  }

  play(step) {
    const { who, text, staff, next, view: target } = step.firstElementChild.dataset;
    if (LOW.matches) this.show(false);
    this.view(target ?? "chat");
    if (staff) this.openStaff(staff);
    if (who) this.openChat(who, this.privately);
    if (text) this.chat.composer.draft(text);
    if (next) this.clock.move({ next });
  }

  // --- folding ---

  show(shown) {
    this.strip.hidden = !shown || !this.steps.length;
    this.toggle.setAttribute("aria-expanded", String(!this.strip.hidden));
  }

  unfold() {
    this.show(!LOW.matches && localStorage.getItem(HIDDEN) !== "1");
  }

  choose(shown) {
    this.show(shown);
    this.mark();
    if (LOW.matches) return;
    if (shown) localStorage.removeItem(HIDDEN);
    else localStorage.setItem(HIDDEN, "1");
  }

  // --- ticks ---

  begin() {
    this.round += 1;
    for (const step of this.steps) step.classList.remove("done");
    this.mark();
    this.onTime();
    return this.check();
  }

  // Looks at the open steps again, or at those of one person only.
  async check(person) {
    const { round } = this;
    for (const step of this.steps) {
      const { who, staff } = step.firstElementChild.dataset;
      const viewer = who ?? staff;
      if (step.classList.contains("done") || (person && person !== viewer)) continue;
      const happened = await this.happened(viewer, step.firstElementChild.dataset).catch(() => false);
      if (round !== this.round) return; // started again meanwhile
      if (happened) this.tick(step);
    }
  }

  async happened(viewer, { said, next }) {
    const bubbles = await this.api.get("/history", { viewer, conversation: this.privately });
    if (said) return bubbles.some(({ who, text }) => who === viewer && new RegExp(said).test(text));
    return bubbles.some(({ who, at }) => who === null && timeOf(at) >= next);
  }

  // Whoever has reported already is not reminded: then the time alone counts.
  onTime() {
    for (const step of this.steps) {
      const { next } = step.firstElementChild.dataset;
      if (next && timeOf(this.clock.now) >= next) this.tick(step);
    }
  }

  tick(step) {
    if (step.classList.contains("done")) return;
    step.classList.add("done");
    this.mark();
  }

  mark() {
    const next = this.steps.find((step) => !step.classList.contains("done"));
    for (const step of this.steps) step.classList.toggle("next", step === next);
    if (next) next.parentElement.scrollLeft = next.offsetLeft - next.parentElement.offsetLeft;
  }
}
