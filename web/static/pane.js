// One open conversation: fetches its bubbles and draws them; the composer under them is its own part.

import { Api, dayOf, fill, timeOf } from "./api.js";
import { Composer } from "./composer.js";

const PAGE = 200;
const MOVES = { ArrowUp: -1, ArrowDown: 1, Home: -Infinity, End: Infinity };
const NEAR = 80; // px from the end: the reader is following, so new bubbles scroll into view
const LINK = /(https?:\/\/[^\s，。；）]+)/;

const copy = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

export class Pane {
  constructor(root, environment) {
    const { api, words, personOf, onRead, onTrouble, onRefused } = environment;
    Object.assign(this, { root, api, words, personOf, onRead, onTrouble, onRefused });
    this.log = root.querySelector(".log");
    this.jump = root.querySelector(".jump");
    this.composer = new Composer(root.querySelector("form"), environment);
    this.key = "";
    this.jump.addEventListener("click", () => this.toEnd());
    this.composer.form.addEventListener("sent", () => this.follow());
    this.log.addEventListener("scroll", () => {
      this.stuck = this.following;
      if (this.stuck) this.jump.hidden = true;
    });
    this.log.addEventListener("keydown", (event) => this.moveReply(event));
    // The end stays in sight when a longer draft or a picture takes room.
    new ResizeObserver(() => this.stuck && this.toEnd()).observe(this.log);
  }

  get visible() {
    return this.root.offsetParent !== null;
  }

  get following() {
    return this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR;
  }

  show(viewer, where) {
    const key = `${viewer}|${where}`;
    if (key === this.key) return this.refresh();
    Object.assign(this, { key, viewer, where });
    this.composer.speakAs(viewer, where, this.personOf(viewer));
    return this.clear();
  }

  clear() {
    this.last = 0;
    this.opened = false;
    this.day = "";
    this.bubbles = new Map();
    this.log.replaceChildren();
    this.log.dataset.empty = "";
    this.jump.hidden = true;
    return this.refresh();
  }

  // Fetches what is newer than the last bubble shown. One fetch at a time; a call meanwhile asks for one more.
  async refresh() {
    this.again = true;
    if (this.busy) return;
    this.busy = true;
    try {
      while (this.again) {
        this.again = false;
        const { key, viewer, where, last } = this;
        const page = await this.api.get("/history", { viewer, conversation: where, after: last, limit: PAGE });
        if (key !== this.key || last !== this.last) this.again = true;
        else this.add(page);
      }
    } catch (error) {
      if (!error.refused || !(await this.onRefused(this.viewer, this.where))) this.onTrouble(error.message);
    } finally {
      this.busy = false;
    }
    if (this.again) await this.refresh(); // another conversation was opened while the error was dealt with
  }

  add(page) {
    const following = this.last === 0 || this.following;
    for (const bubble of page) this.draw(bubble);
    if (page.length === PAGE) this.again = true;
    this.log.dataset.empty = this.last ? "" : this.words.empty;
    if (page.length && following) this.follow();
    else if (page.length) this.jump.hidden = false;
    this.opened = true;
    this.read();
  }

  read() {
    if (this.visible && this.last) this.onRead(this.key, this.last);
  }

  // A new message that is longer than the log is shown from its beginning.
  follow() {
    this.toEnd();
    const newest = this.log.lastElementChild;
    if (!this.opened || !newest?.matches(".theirs") || newest.offsetHeight < this.log.clientHeight) return;
    this.log.scrollTop += newest.getBoundingClientRect().top - this.log.getBoundingClientRect().top - 8;
    this.stuck = false;
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    this.jump.hidden = true;
    this.stuck = true;
  }

  draw(bubble) {
    this.last = bubble.id;
    const day = dayOf(bubble.at);
    if (day !== this.day) {
      const line = copy("day-template");
      line.textContent = this.day = day;
      this.log.append(line);
    }
    const node = copy("bubble-template");
    const find = (selector) => node.querySelector(selector);
    const name = bubble.who === null ? this.words.bot : bubble.who_name;
    node.dataset.id = bubble.id;
    node.classList.add(bubble.who === this.viewer ? "mine" : "theirs", this.personOf(bubble.who).circle);
    find(".avatar").textContent = name.slice(-1);
    find(".who").textContent = name;
    find("time").textContent = timeOf(bubble.at);
    find("time").dateTime = bubble.at;
    this.write(find(".text"), bubble.text);
    if (!bubble.photo) find(".photo").remove();
    const answered = this.bubbles.get(bubble.reply_to);
    if (answered) find(".quote").textContent = `${answered.name}：${answered.text}`;
    else find(".quote").remove();
    this.attach(node, bubble.file);
    if (bubble.who === null) this.offerReply(node, bubble.id, name);
    else find(".reply").remove();
    this.bubbles.set(bubble.id, { name, text: (bubble.text || bubble.file?.name || "").slice(0, 60) });
    this.log.append(node);
  }

  write(node, text) {
    if (!text) return node.remove();
    for (const part of text.split(LINK)) {
      if (!LINK.test(part)) node.append(part);
      else node.append(Object.assign(document.createElement("a"), { href: part, textContent: part, target: "_blank", rel: "noopener noreferrer" }));
    }
  }

  attach(node, file) {
    const picture = node.querySelector(".picture");
    const link = node.querySelector(".file");
    if (file?.kind === "png") {
      picture.href = picture.firstElementChild.src = Api.fileAddress(file.id);
      picture.firstElementChild.alt = file.name;
      picture.firstElementChild.addEventListener("load", () => this.stuck && this.toEnd(), { once: true });
    } else picture.remove();
    if (file && file.kind !== "png") {
      link.href = Api.fileAddress(file.id);
      link.download = file.name;
      link.querySelector(".file-name").textContent = file.name;
    } else link.remove();
  }

  offerReply(node, id, name) {
    const label = () => fill(this.words.replying, { name, text: this.bubbles.get(id).text });
    const start = () => this.composer.replyTo(id, label());
    const button = node.querySelector(".reply");
    button.addEventListener("click", start);
    button.addEventListener("focus", () => this.rove(button));
    button.setAttribute("aria-label", fill(this.words.replying, { name, text: node.querySelector(".body").textContent.trim().slice(0, 40) }));
    if (!this.log.contains(document.activeElement) || document.activeElement === this.log) this.rove(button);
    node.querySelector(".body").addEventListener("click", (event) => {
      if (!event.target.closest("a") && getSelection().isCollapsed) start();
    });
  }

  // All the reply buttons together are one stop of the Tab key; the arrow keys go from one to the next.
  rove(button) {
    if (this.stop) this.stop.tabIndex = -1;
    this.stop = button;
    button.tabIndex = 0;
  }

  moveReply(event) {
    const step = MOVES[event.key];
    if (!step || !event.target.matches(".reply")) return;
    event.preventDefault();
    const all = [...this.log.querySelectorAll(".reply")];
    const to = Math.min(Math.max(all.indexOf(event.target) + step, 0), all.length - 1);
    all[to].focus();
    all[to].closest(".bubble").scrollIntoView({ block: "nearest" });
  }
}
