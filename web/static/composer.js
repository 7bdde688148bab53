// Writes one message: text, a photo flag, and which bubble it answers.

import { fill } from "./api.js";

export class Composer {
  constructor(form, { api, words, onRefused }) {
    Object.assign(this, { form, api, words, onRefused });
    const find = (selector) => form.querySelector(selector);
    this.text = find("textarea");
    this.photo = find(".photo-flag");
    this.replying = find(".replying");
    this.refused = find(".refused");
    this.listen();
  }

  speakAs(viewer, where, { name, circle }) {
    Object.assign(this, { viewer, where });
    this.offer(circle);
    this.text.placeholder = fill(this.words.placeholder, { name });
    this.cancelReply();
    this.complain("");
  }

  offer(circle) {
    for (const chip of this.form.querySelectorAll("[data-fill]")) chip.hidden = chip.dataset.circle !== circle;
  }

  draft(text) {
    this.text.value = text;
    this.grow();
    this.text.focus();
  }

  replyTo(id, words) {
    this.answering = id;
    this.replying.hidden = false;
    this.replying.firstElementChild.textContent = words;
    this.text.focus();
  }

  cancelReply() {
    this.answering = null;
    this.replying.hidden = true;
  }

  complain(words) {
    this.refused.textContent = words;
    this.refused.hidden = !words;
  }

  flagPhoto(on) {
    this.photo.setAttribute("aria-pressed", String(on));
  }

  grow() {
    this.text.style.height = "auto";
    this.text.style.height = `${this.text.scrollHeight + 2}px`;
  }

  listen() {
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.text.addEventListener("keydown", (event) => {
      // While an input method composes, Enter chooses a word (Safari sends keyCode 229 after isComposing has ended).
      if (event.key === "Enter" && !event.shiftKey && !event.isComposing && event.keyCode !== 229) {
        event.preventDefault();
        this.form.requestSubmit();
      } else if (event.key === "Escape") this.cancelReply();
    });
    this.text.addEventListener("input", () => this.grow());
    this.photo.addEventListener("click", () => this.flagPhoto(this.photo.getAttribute("aria-pressed") !== "true"));
    this.form.querySelector(".cancel-reply").addEventListener("click", () => {
      this.cancelReply();
      this.text.focus();
    });
    this.form.querySelector(".quick").addEventListener("click", (event) => {
      const words = event.target.closest("[data-fill]")?.dataset.fill;
      if (words) this.draft(words);
    });
  }

  async send() {
    if (this.form.ariaBusy === "true") return;
    this.form.ariaBusy = "true";
    const { viewer, where, answering } = this;
    const text = this.text.value;
    const photo = this.photo.getAttribute("aria-pressed") === "true";
    try {
      await this.api.post("/say", { who: viewer, where, text, reply_to: answering, photo });
      this.sent(viewer, where, text);
    } catch (error) {
      if (!error.refused || !(await this.onRefused(viewer, where))) this.complain(error.message);
    } finally {
      this.form.ariaBusy = "false";
    }
  }

  // Clears what was sent, but not what was typed or opened meanwhile.
  sent(viewer, where, text) {
    this.complain("");
    if (viewer !== this.viewer || where !== this.where) return;
    if (text === this.text.value) this.draft("");
    this.cancelReply();
    this.flagPhoto(false);
    this.form.dispatchEvent(new Event("sent"));
  }
}
