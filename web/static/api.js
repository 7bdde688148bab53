// Talks to the sandbox endpoints. A refusal becomes an Error whose message is the server's own Chinese sentence.

const BASE = "/api/sandbox";

async function answer(response, fallback) {
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  const words = body.reference ? `${body.message}（${body.reference}）` : body.message || fallback;
  throw Object.assign(new Error(words), { refused: response.status === 409 });
}

async function call(path, options, fallback) {
  const response = await fetch(BASE + path, options).catch(() => null);
  if (!response) throw new Error(fallback);
  return answer(response, fallback);
}

export class Api {
  constructor(fallback) {
    this.fallback = fallback;
  }

  get(path, parameters = {}) {
    const query = new URLSearchParams(parameters).toString();
    return call(query ? `${path}?${query}` : path, {}, this.fallback);
  }

  // The page as the server draws it now.
  async page() {
    const response = await fetch("/").catch(() => null);
    if (!response?.ok) throw new Error(this.fallback);
    return new DOMParser().parseFromString(await response.text(), "text/html");
  }

  post(path, body = {}) {
    const headers = { "Content-Type": "application/json" };
    return call(path, { method: "POST", headers, body: JSON.stringify(body) }, this.fallback);
  }

  static fileAddress(id) {
    return `${BASE}/files/${encodeURIComponent(id)}`;
  }

  static eventsAddress(after) {
    return `${BASE}/events?after=${encodeURIComponent(after)}`;
  }
}

// "{name}" in a sentence of the page, filled in.
export function fill(sentence, values) {
  return sentence.replace(/\{(\w+)\}/g, (_, name) => values[name]);
}

// Server times carry the sample's own zone. They are shown as written, so the visitor's zone must not come in:
// the written local time is formatted as if it were UTC.
const asWritten = (iso) => new Date(`${iso.slice(0, 19)}Z`);
const format = (options) => new Intl.DateTimeFormat("zh-CN", { ...options, timeZone: "UTC" });
const DAY = format({ month: "long", day: "numeric", weekday: "long" });
const FULL = format({ year: "numeric", month: "long", day: "numeric", weekday: "long" });

// The same place's time so many milliseconds later, written in the same zone.
export const later = (iso, ms) => {
  const moved = new Date(asWritten(iso).getTime() + ms).toISOString().slice(0, 19);
  return moved + iso.slice(19).replace(/^\.\d+/, "");
};

export const timeOf = (iso) => iso.slice(11, 16);
export const dayOf = (iso) => DAY.format(asWritten(iso));
export const fullDayOf = (iso) => FULL.format(asWritten(iso));
