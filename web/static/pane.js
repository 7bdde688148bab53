// One open conversation: fetches its bubbles and draws them; the composer under them is its own part.

import { Api, dayOf, fill, timeOf } from "./api.js";
import { Composer } from "./composer.js";

const PAGE = 200;
const NEAR = 80; // px from the end: the reader is following, so new bubbles scroll into view
const LINK = /(https?:\/\/[^\s，。；）]+)/;

const copy = (id) => document.getElementById(id).content.firstElementChild.cloneNode(true);

export class Pane {
  constructor(root, { api, words, personOf, onRead, onTrouble }) {
    Object.assign(this, { root, api, words, personOf, onRead, onTrouble });
    this.log = root.querySelector(".log");
    this.jump = root.querySelector(".jump");
    this.composer = new Composer(root.querySelector("form"), api, words);
    this.key = "";
    this.jump.addEventListener("click", () => this.toEnd());
    this.composer.form.addEventListener("sent", () => this.toEnd());
    this.log.addEventListener("scroll", () => {
      this.stuck = this.following;
      if (this.stuck) this.jump.hidden = true;
    });
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
      this.onTrouble(error.message);
    } finally {
      this.busy = false;
    }
  }

  add(page) {
    const following = this.last === 0 || this.following;
    for (const bubble of page) this.draw(bubble);
    if (page.length === PAGE) this.again = true;
    this.log.dataset.empty = this.last ? "" : this.words.empty;
    if (page.length && following) this.toEnd();
    else if (page.length) this.jump.hidden = false;
    this.read();
  }

  read() {
    if (this.visible && this.last) this.onRead(this.key, this.last);
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
    const start = () => this.composer.replyTo(id, fill(this.words.replying, { name, text: this.bubbles.get(id).text }));
    node.querySelector(".reply").addEventListener("click", start);
    node.querySelector(".body").addEventListener("click", (event) => {
      if (!event.target.closest("a") && getSelection().isCollapsed) start();
    });
  }
}
