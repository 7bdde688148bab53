// The sandbox page: who one writes as, which conversations are open, and what is unread. No word stands in here:
// every one comes from the page.

import { Api, fill } from "./api.js";
import { Clock } from "./clock.js";
import { Guide } from "./guide.js";
import { Live } from "./live.js";
import { Pane } from "./pane.js";
import { Unread } from "./unread.js";

const SOON = 300; // ms; many answers in a row are followed by one look at the people and groups
const PRIVATE = "private";
const $ = (id) => document.getElementById(id);
const words = $("words").dataset;
const api = new Api(words.failed);
const unread = new Unread();
let people = new Map();
let groups = [];
let listed = ""; // the people and groups that the lists show

const complain = (text) => {
  $("trouble").textContent = text;
  $("trouble").hidden = !text;
};
const onRead = (key, last) => {
  unread.read(key, last);
  drawUnread();
};
const personOf = (id) => people.get(id) ?? { name: "", circle: "strangers" };
// True when the conversation that was refused is gone for good: then the page has said so and moved on.
const onRefused = (viewer, where) => renew().then(() => !exists(viewer, where), () => false);
const environment = { api, words, personOf, onRead, onTrouble: complain, onRefused, onMoved: () => renewSoon() };
const chat = new Pane($("chat"), environment);
const staff = new Pane($("staff"), environment);
const clock = new Clock($("moves"), environment);
const guide = new Guide({ openChat, openStaff, view, chat, clock, api, privately: PRIVATE });

const circleOf = (role) => ({ resident: "residents", stranger: "strangers" })[role] ?? "staff";
const groupsOf = (viewer) => groups.filter((group) => group.members.includes(viewer));
const exists = (viewer, where) =>
  people.has(viewer) && (where === PRIVATE || groupsOf(viewer).some((group) => group.id === where));

function setBadge(badge, count) {
  badge.hidden = !count;
  badge.textContent = count > 99 ? "99+" : count;
  badge.setAttribute("aria-label", fill(words.unread, { count }));
}

function drawUnread() {
  cancelAnimationFrame(drawUnread.frame); // many events in a row are drawn once
  drawUnread.frame = requestAnimationFrame(() => {
    for (const button of $("conversations").querySelectorAll("button")) {
      setBadge(button.querySelector(".badge"), unread.count(`${chat.viewer}|${button.dataset.where}`));
    }
    let inStaff = 0;
    for (const button of $("people").querySelectorAll("button")) {
      const count = unread.count(`${button.dataset.person}|${PRIVATE}`);
      setBadge(button.querySelector(".badge"), count);
      inStaff += count;
    }
    for (const option of $("write-as").options) {
      const name = (option.dataset.name ??= option.textContent);
      const waits = option.value !== chat.viewer && unread.total(option.value) > 0;
      option.textContent = waits ? `${name} ●` : name;
    }
    setBadge(document.querySelector(".views [data-view=chat] .badge"), unread.total(chat.viewer));
    setBadge(document.querySelector(".views [data-view=staff] .badge"), inStaff);
  });
}

function openChat(viewer, where) {
  $("write-as").value = viewer;
  const { name } = personOf(viewer);
  const group = groups.find((one) => one.id === where);
  const list = [{ id: PRIVATE, name: words.private, kind: "bot" }, ...groupsOf(viewer)];
  $("conversations").replaceChildren(...list.map((one) => conversation(one, one.id === where)));
  $("chat-title").textContent = group?.name ?? words.private;
  const about = group ? words.groupAbout : words.privateAbout;
  $("chat-about").textContent = fill(about, { name, count: group?.members.length });
  keepInSight($("conversations"));
  sessionStorage.setItem("lianfang-chat", JSON.stringify([viewer, where]));
  chat.show(viewer, where);
  drawUnread();
}

function conversation({ id, name, kind }, open) {
  const item = $("conversation-template").content.firstElementChild.cloneNode(true);
  const button = item.firstElementChild;
  button.dataset.where = id;
  if (open) button.setAttribute("aria-current", "true");
  button.querySelector(".name").textContent = name;
  button.querySelector(".avatar").textContent = kind === "bot" ? words.bot.slice(-1) : name.slice(0, 1);
  button.querySelector(".avatar").classList.add(kind);
  return item;
}

function openStaff(viewer) {
  const { name, role_label: role, place } = personOf(viewer);
  for (const button of $("people").querySelectorAll("button")) {
    if (button.dataset.person === viewer) button.setAttribute("aria-current", "true");
    else button.removeAttribute("aria-current");
  }
  keepInSight($("people"));
  $("staff-title").textContent = [name, role].filter((part, i, all) => all.indexOf(part) === i).join(" · ");
  $("staff-about").textContent = [place, words.private].filter(Boolean).join(" · ");
  sessionStorage.setItem("lianfang-staff", viewer);
  staff.show(viewer, PRIVATE);
  drawUnread();
}

// Scrolls the strip to what is chosen, sideways only: scrollIntoView would move the page as well.
function keepInSight(strip) {
  const item = strip.querySelector("[aria-current]")?.parentElement;
  if (item) strip.scrollLeft = item.offsetLeft - strip.offsetLeft - (strip.clientWidth - item.clientWidth) / 2;
}

function view(name) {
  document.body.dataset.view = name;
  for (const button of document.querySelectorAll(".views button")) {
    button.setAttribute("aria-pressed", String(button.dataset.view === name));
  }
  for (const pane of [chat, staff]) pane.read();
  for (const pane of [chat, staff]) if (pane.visible) pane.toEnd();
}

// Bubbles that come while a pane shows them are counted for a moment too; the pane's own fetch clears them.
function onBubble({ id, where, viewer, by, now }) {
  const readers = where === PRIVATE ? [viewer] : groups.find((group) => group.id === where)?.members ?? [];
  for (const reader of readers) if (reader !== by) unread.add(`${reader}|${where}`, id);
  for (const pane of [chat, staff]) {
    if (pane.where === where && readers.includes(pane.viewer)) pane.refresh();
  }
  clock.show(now);
  drawUnread();
  if (where === PRIVATE) guide.check(viewer);
  if (by === null) renewSoon();
}

async function load() {
  const state = await api.get("/state");
  await list(state);
  unread.begin(state.scene);
  clock.begin(state.now);
  openAgain();
  guide.begin();
}

// Takes over who and which groups there are; true when that has changed. The lists of people are drawn by the server
// alone: here they are taken from a fresh page.
async function list({ personas, groups: shown }) {
  const now = JSON.stringify([personas, shown]);
  if (now === listed) return false;
  if (listed) {
    const fresh = await api.page();
    for (const id of ["write-as", "people"]) withFocus($(id), () => $(id).replaceChildren(...fresh.getElementById(id).childNodes));
  }
  listed = now;
  groups = shown;
  people = new Map([[null, { name: words.bot, circle: "bot" }]]);
  for (const person of personas) people.set(person.id, { ...person, circle: circleOf(person.role) });
  return true;
}

// Redraws a list without taking the keyboard's place from it.
function withFocus(root, redraw) {
  const { person, where } = root.contains(document.activeElement) ? document.activeElement.dataset : {};
  redraw();
  for (const button of root.querySelectorAll("button")) {
    if ((person ?? where) && (person ?? where) === (button.dataset.person ?? button.dataset.where)) button.focus();
  }
}

// Roles, bindings and groups change through what is said: the page looks again after the bot has spoken.
function renew() {
  renew.running ??= lookAgain().finally(() => (renew.running = null));
  return renew.running;
}

async function lookAgain() {
  const { viewer, where } = chat;
  const group = groups.find((one) => one.id === where);
  if (!(await list(await api.get("/state")))) return;
  if (chat.viewer !== viewer || chat.where !== where) withFocus($("conversations"), () => openChat(chat.viewer, chat.where));
  else withFocus($("conversations"), openAgain);
  for (const pane of [chat, staff]) pane.composer.offer(personOf(pane.viewer).circle);
  const closed = chat.viewer === viewer && chat.where !== where;
  if (closed) complain(fill(words.closed, { name: personOf(viewer).name, group: group?.name ?? "" }));
}

function renewSoon() {
  if (clock.pending.length) return; // a move ends with a look of its own
  renewSoon.timer ??= setTimeout(() => {
    renewSoon.timer = null;
    renew().catch((error) => complain(error.message));
  }, SOON);
}

// What was open before, as far as it still exists.
function openAgain() {
  const personas = [...people.values()].filter((one) => one.id);
  const [viewer, where] = JSON.parse(sessionStorage.getItem("lianfang-chat") ?? "[]");
  if (exists(viewer, where)) openChat(viewer, where);
  else if (people.has(viewer)) openChat(viewer, PRIVATE);
  else openChat((personas.find((one) => one.role === "resident") ?? personas[0]).id, PRIVATE);
  const leader = sessionStorage.getItem("lianfang-staff");
  const staffed = personas.filter((one) => circleOf(one.role) === "staff");
  const first = staffed.find((one) => one.id === leader) ?? staffed.find((one) => one.role === "grid_leader");
  if (first ?? staffed[0]) openStaff((first ?? staffed[0]).id);
}

async function startAgain() {
  try {
    await load();
    chat.clear();
    staff.clear();
    live.restart();
  } catch (error) {
    complain(error.message);
  }
}

const live = new Live({
  onHello({ scene, now }) {
    if (scene !== unread.scene) return startAgain();
    clock.show(now);
    for (const pane of [chat, staff]) if (pane.key) pane.refresh();
    renewSoon();
  },
  onBubble,
  onClock({ now }) {
    clock.show(now);
    guide.onTime();
  },
  onReset: startAgain,
  onConnection: (up) => ($("offline").hidden = up),
});

$("write-as").addEventListener("change", (event) => {
  complain("");
  openChat(event.target.value, PRIVATE);
});
$("conversations").addEventListener("click", (event) => {
  const where = event.target.closest("button")?.dataset.where;
  if (!where) return;
  complain("");
  openChat(chat.viewer, where);
  $("conversations").querySelector("[aria-current]").focus();
});
$("people").addEventListener("click", (event) => {
  const person = event.target.closest("button")?.dataset.person;
  if (person) openStaff(person);
});
document.querySelector(".views").addEventListener("click", (event) => {
  const name = event.target.closest("button")?.dataset.view;
  if (name) view(name);
});
$("reset").addEventListener("click", () => $("reset-dialog").showModal());
$("reset-dialog").addEventListener("click", (event) => {
  const answer = event.target.closest("button")?.dataset.answer;
  if (answer) $("reset-dialog").close();
  if (answer === "yes") api.post("/reset").catch((error) => complain(error.message));
});
const fold = (open) => {
  document.querySelector(".top").classList.toggle("open", open);
  $("moves-toggle").setAttribute("aria-expanded", String(open));
};
$("moves-toggle").addEventListener("click", () => fold($("moves-toggle").getAttribute("aria-expanded") !== "true"));
document.addEventListener("pointerdown", (event) => event.target.closest(".top") || fold(false));
document.querySelector(".top").addEventListener("keydown", (event) => {
  if (event.key !== "Escape" || $("moves-toggle").getAttribute("aria-expanded") !== "true") return;
  fold(false);
  $("moves-toggle").focus();
});
for (const link of document.querySelectorAll(".skip")) link.addEventListener("click", () => view(link.dataset.view));
for (const strip of [$("people"), $("conversations")]) new ResizeObserver(() => keepInSight(strip)).observe(strip);
load().then(() => live.start(), (error) => complain(error.message));
